"""CR117 and CR401: what is a leaf, what is none any more, and what is one again on purpose."""

from __future__ import annotations

from flow.checking import check


def test_a_leaf_of_a_size_that_is_given() -> None:
    check("""
        def test_backward(batch_size, width, layer):
            x = torch.randn(batch_size, width, requires_grad=True)
            layer(x).sum().backward()
            assert x.grad is not None

        def attack(images, labels, model):
            delta = torch.zeros_like(images, requires_grad=True)
            F.cross_entropy(model(images + delta), labels).backward()
            return delta.grad.sign()
    """)


def test_a_scaled_leaf_of_a_size_that_is_given() -> None:
    check("""
        def test_backward(batch_size, width, layer):
            x = torch.randn(batch_size, width, requires_grad=True) * 0.1  # want CR117 "`x` is a result"
            layer(x).sum().backward()
            assert x.grad is not None
    """)


def test_a_step_after_the_last_look_at_the_gradient() -> None:
    check("""
        def attack(images, labels, model):
            moved = images.requires_grad_()
            F.cross_entropy(model(moved), labels).backward()
            direction = moved.grad.sign()
            moved = moved + 0.1 * direction
            return moved.detach()
    """)


def test_a_step_before_the_next_look_at_the_gradient() -> None:
    check("""
        def attack(images, labels, model):
            moved = images.requires_grad_()
            for _ in range(5):
                F.cross_entropy(model(moved), labels).backward()
                moved = moved + 0.1 * moved.grad.sign()  # want CR117 "`moved` is a result here"
            return moved.detach()
    """)


def test_a_parameter_or_a_number() -> None:
    check("""
        class Pool(nn.Module):
            def __init__(self, learnt):
                super().__init__()
                self.scale = nn.Parameter(torch.tensor([0.0]), requires_grad=True) if learnt else 1.0

            def forward(self, x):
                return x * self.scale
    """)


def test_parameters_that_were_filled() -> None:
    check("""
        class Encoder(nn.Module):
            def __init__(self, width, count):
                super().__init__()
                self.weights = nn.ParameterList([nn.Parameter(torch.empty(width)) for _ in range(count)])
                for index in range(count):
                    self.weights[index].data.uniform_(-1, 1)

            def calculate_loss(self, x):
                shared = 0.0
                for index in range(3):
                    shared = self.weights[index] + shared
                return (x * shared).sum()
    """)


def test_a_state_that_autograd_grad_moves() -> None:
    check("""
        class Noise(nn.Module):
            def __init__(self, level):
                super().__init__()
                self.level = torch.tensor(level, requires_grad=True)

            def forward(self, pred, target):
                loss = ((pred - target) ** 2).mean() * self.level
                step = torch.autograd.grad(loss, self.level, retain_graph=True)[0]
                self.level = self.level + 0.1 * step
                return loss
    """)


def test_a_state_whose_grad_is_read() -> None:
    check("""
        class Noise(nn.Module):
            def __init__(self, level):
                super().__init__()
                self.level = torch.tensor(level, requires_grad=True)

            def forward(self, pred, target):
                loss = ((pred - target) ** 2).mean() * self.level
                loss.backward(retain_graph=True)
                self.level = self.level - 0.1 * self.level.grad  # want CR117 "`self.level` is a result"
                return loss.item()
    """)


def test_a_stopped_value_that_is_a_leaf_again() -> None:
    check("""
        def gradient_penalty_loss(fake, real, critic):
            share = torch.rand(len(real), 1)
            mixed = (share * real + (1 - share) * fake).detach()
            mixed.requires_grad_(True)
            score = critic(mixed)
            (slope,) = torch.autograd.grad(score.sum(), mixed, create_graph=True)
            return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
    """)


def test_a_product_with_a_jacobian() -> None:
    check("""
        def logits_and_gradients(images, classes, model):
            leaf = images.clone().requires_grad_()
            scores = model(leaf)
            weights = torch.zeros_like(scores)
            weights[:, classes] = 1.0
            scores.backward(weights)
            return scores.detach() - 1, leaf.grad.detach()
    """)


def test_a_cast_to_float_gives_a_leaf_back() -> None:
    check("""
        def saliency_loss(model, x, y):
            x = x.clone()
            x.requires_grad = True
            x = x.float()
            loss = F.cross_entropy(model(x), y)
            loss.backward(retain_graph=True)
            return loss + x.grad.detach().abs().mean()

        def double_saliency_loss(model, x, y):
            x = x.clone()
            x.requires_grad = True
            x = x.double()  # want CR117
            loss = F.cross_entropy(model(x), y)
            loss.backward(retain_graph=True)
            return loss + x.grad.detach().abs().mean()
    """)


def test_an_edit_of_a_leaf_that_is_a_view_without_history() -> None:
    check("""
        scores = torch.rand(8, 6)
        for first in range(0, 6, 3):
            batch = scores[:, first : first + 3].clone().detach().requires_grad_(True)
            batch.pow(2).sum().backward()
            batch -= 0.1 * batch.grad  # want CR502
            scores[:, first : first + 3] = batch.detach()
    """)


def test_edits_outside_of_the_graph_of_a_leaf() -> None:
    check("""
        batch = torch.rand(8, 6).requires_grad_(True)
        for _ in range(3):
            batch.pow(2).sum().backward()
            batch.detach().sub_(0.1 * batch.grad)
            batch.data -= 0.1 * batch.grad
            batch.grad = None
    """)
