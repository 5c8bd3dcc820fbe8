"""CR117: what autograd.grad is asked to differentiate by, and can't."""

from __future__ import annotations

from flow.checking import check


def test_a_step_that_leaves_its_graph_and_asks_for_no_new_one() -> None:
    check("""
        def langevin(energy, x, steps):
            for _ in range(steps):
                x = x.detach()  # want CR117 "`x` does not require grad"
                (slope,) = torch.autograd.grad(energy(x).sum(), x)
                x = x - 0.1 * slope
            return x

        def perturb(net, x, steps):
            noise = torch.randn_like(x, requires_grad=True)
            for _ in range(steps):
                (slope,) = torch.autograd.grad(net(x + noise).sum(), noise)
                noise = (noise + slope).detach()  # want CR117 "`noise` does not require grad"
            return noise
    """)


def test_steps_that_are_leaves_again() -> None:
    check("""
        def langevin(energy, x, steps):
            for _ in range(steps):
                x = x.detach().requires_grad_()
                (slope,) = torch.autograd.grad(energy(x).sum(), x)
                x = x - 0.1 * slope
            return x

        def enabled(energy, x, steps):
            for _ in range(steps):
                with torch.enable_grad():
                    x = x.detach()
                    x.requires_grad_(True)
                    (slope,) = torch.autograd.grad(energy(x).sum(), x)
                x = x - 0.1 * slope
            return x
    """)


def test_points_of_a_script_without_a_flag() -> None:
    check("""
        net = nn.Linear(1, 1)
        t = torch.linspace(0, 1, 10).view(-1, 1)  # want CR117 "`t` does not require grad"
        u = net(t)
        u_t = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0]
        (u_t + u).pow(2).mean().backward()
    """)


def test_flags_that_somebody_sets() -> None:
    check("""
        net = nn.Linear(1, 1)

        def slopes(learnt):
            x = torch.rand(3, 1)
            x.requires_grad = learnt
            y = torch.rand(3, 1, requires_grad=learnt)
            return torch.autograd.grad(net(x * y).sum(), [x, y])

        def rounded(x):
            w = torch.ones(3, requires_grad=True)
            return torch.autograd.grad((w.round() * x).sum(), w.round() if x is None else w)
    """)


def test_a_leaf_that_data_left_behind() -> None:
    check("""
        import copy

        def weights(net, x, y, lr=0.1):
            fast = copy.deepcopy(net)
            eps = torch.zeros(len(x), requires_grad=True)
            cost = (F.cross_entropy(fast(x), y, reduction="none") * eps).sum()
            slopes = torch.autograd.grad(cost, fast.parameters(), create_graph=True)
            for p, g in zip(fast.parameters(), slopes):
                p.data = p.data - lr * g.data
            return -torch.autograd.grad(F.cross_entropy(fast(x), y), eps)[0]  # want CR117 "`eps` is no part"
    """)


def test_a_leaf_that_goes_where_nobody_looks() -> None:
    check("""
        import copy

        def weights(net, x, y, lr=0.1):
            fast = copy.deepcopy(net)
            eps = torch.zeros(len(x), requires_grad=True)
            cost = (F.cross_entropy(fast(x), y, reduction="none") * eps).sum()
            fast.update(lr, torch.autograd.grad(cost, fast.parameters(), create_graph=True))
            fast.take_step(lr, cost)
            return -torch.autograd.grad(F.cross_entropy(fast(x), y), eps)[0]

        def hooked(net, x, y):
            delta = torch.zeros(4, requires_grad=True)
            handle = net.layer.register_forward_hook(lambda m, i, o: o + delta)
            return torch.autograd.grad(F.cross_entropy(net(x), y), delta)[0]
    """)


def test_an_input_that_the_network_stops() -> None:
    check("""
        class Field(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(1, 1)

            def forward(self, t):
                return self.net(2 * t.detach() - 1)  # want CR101 "takes the value out of the autograd graph"

        field = Field()

        def residual_loss(t):
            t = t.requires_grad_(True)
            u = field(t)
            return (torch.autograd.grad(u.sum(), t, create_graph=True)[0] + 4 * u).square().mean()
    """)
