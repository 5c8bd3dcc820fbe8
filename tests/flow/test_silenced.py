"""CR4xx: the cut that is hidden is told with its own code."""

from __future__ import annotations

from flow.checking import check


def test_a_flag_on_the_loss() -> None:
    check("""
        def hit_loss(pred, target):
            loss = (pred.argmax(dim=1) != target).float().mean()  # want CR104
            loss.requires_grad_(True)  # want CR401 "only silences the error.*`pred`"
            return loss
    """)


def test_a_flag_by_assignment() -> None:
    check("""
        def hit_loss(pred, target):
            loss = (pred > 0.5).float().mean()  # want CR103
            loss.requires_grad = True  # want CR401
            return loss
    """)


def test_a_new_leaf() -> None:
    check("""
        def pixel_loss(pred, target):
            error = F.mse_loss(pred, target)
            return torch.tensor(error, requires_grad=True)  # want CR107, CR402 "ends at this new leaf"
    """)


def test_a_variable() -> None:
    check("""
        from torch.autograd import Variable

        def pixel_loss(pred, target):
            error = F.mse_loss(pred, target)
            return Variable(error, requires_grad=True)  # want CR119, CR402
    """)


def test_a_flag_on_a_leaf_is_right() -> None:
    check("""
        def adversarial_loss(model, images, target):
            noise = torch.zeros_like(images).requires_grad_(True)
            return F.cross_entropy(model(images + noise), target)
    """)


def test_a_leaf_like_another() -> None:
    check("""
        class Attack:
            def __init__(self, like, eps):
                self.delta = torch.rand_like(like, requires_grad=True).mul(2 * eps).sub(eps)  # want CR117

            def loss(self, victim, x, y):
                return -F.cross_entropy(victim(x + self.delta), y)

            def step(self, victim, x, y):
                self.loss(victim, x, y).backward()
                self.delta.data -= 0.1 * self.delta.grad.sign()
    """)


def test_a_flag_on_a_result_with_its_graph() -> None:
    check("""
        def pixel_loss(pred, target):
            loss = F.mse_loss(pred, target)
            loss.requires_grad = True  # want CR401 "raises.*by way of `pred`"
            return loss
    """)


def test_a_number_that_is_made_to_require_grad() -> None:
    check("""
        from torch.autograd import Variable

        class ErrorRate(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(5, 2)

            def step(self, x, y):
                _, guess = self.net(x).max(1)  # want CR104
                wrong = (guess != y).float().mean()
                return Variable(wrong, requires_grad=True)  # want CR402
    """)
