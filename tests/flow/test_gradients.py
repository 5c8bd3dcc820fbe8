"""What backward leaves in `.grad`, and who has none."""

from __future__ import annotations

from flow.checking import check


def test_a_gradient_in_a_loss_term() -> None:
    check("""
        class Potential(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 1))

            def force_loss(self, positions, forces):
                positions = positions.clone().requires_grad_(True)
                energy = self.net(positions).sum()
                energy.backward(retain_graph=True)  # want CR118 "create_graph"
                return F.mse_loss(-positions.grad, forces) + energy

            def curved_loss(self, positions, forces):
                positions = positions.clone().requires_grad_(True)
                energy = self.net(positions).sum()
                energy.backward(create_graph=True)
                return F.mse_loss(-positions.grad, forces) + energy
    """)


def test_gradients_that_only_move_something() -> None:
    check("""
        def attack_loss(net, x, y):
            x = x.clone().requires_grad_(True)
            F.cross_entropy(net(x), y).backward()
            moved = x.detach() + 0.1 * x.grad.sign()
            return F.cross_entropy(net(moved), y)

        def descend(points, target):
            weight = torch.zeros(3, requires_grad=True)
            for _ in range(10):
                loss = F.mse_loss(points @ weight, target)
                loss.backward()
                with torch.no_grad():
                    weight -= 0.1 * weight.grad
                    weight.grad.zero_()
    """)


def test_an_attribute_made_of_a_leaf_that_nobody_keeps() -> None:
    check("""
        class Decoder:
            def __init__(self, count, width):
                codes = torch.randn(count, width, requires_grad=True)
                self.codes = codes * 0.01  # want CR117
                self.net = nn.Linear(width, 1)

            def parameters(self):
                return [self.codes, *self.net.parameters()]

            def fit_loss(self, index, wanted):
                return F.mse_loss(self.net(self.codes[index]), wanted)

        class Kept:
            def __init__(self, count, width):
                self.raw = torch.randn(count, width, requires_grad=True)
                self.codes = self.raw[:2]
                self.optimiser = torch.optim.Adam([self.raw])

            def fit_loss(self, index, wanted):
                return F.mse_loss(self.codes[index], wanted)

        class Fixed:
            def __init__(self, count, width):
                noise = torch.randn(count, width, requires_grad=True)
                self.noise = noise[1:]

            def fit_loss(self, pred, wanted):
                return F.mse_loss(pred + self.noise, wanted)
    """)


def test_parameters_that_a_container_holds() -> None:
    check("""
        class Mix(nn.Module):
            def __init__(self, kinds, optimiser=None):
                super().__init__()
                self.skip = nn.ParameterDict({kind: nn.Parameter(torch.ones(1)) for kind in kinds})
                self.levels = nn.ParameterList([nn.Parameter(torch.linspace(0, 1, n)) for n in (3, 5)])
                if optimiser is not None:
                    self.optimiser = optimiser(self.levels)

            def forward(self, x, kind):
                level = self.levels[0].mean()
                alpha = self.skip[kind].sigmoid()
                return alpha * x + (1 - alpha) * level
    """)
