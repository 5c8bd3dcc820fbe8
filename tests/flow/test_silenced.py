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


def test_the_flag_of_what_requires_grad_already() -> None:
    # The copy is the new leaf; to ask its product to require grad changes nothing.
    check("""
        def reprojection_loss(angle, points, observed):
            turn = torch.tensor(  # want CR107 "`angle`", CR402 "new leaf"
                [[torch.cos(angle), 0.0], [0.0, 1.0]], requires_grad=True
            )
            turn = torch.mm(turn, turn).requires_grad_()
            return (points @ turn - observed).pow(2).mean()
    """)


def test_an_argument_that_is_lost_in_a_parameter() -> None:
    check("""
        class Body(nn.Module):
            def __init__(self):
                super().__init__()
                self.register_buffer("template", torch.randn(1, 6))

            def forward(self, pose):
                pose = nn.Parameter(pose)  # want CR110 "`pose`"
                return self.template + pose

        body = Body()

        def fit_step(pose, cams, keypoints):
            cams = nn.Parameter(torch.tensor(cams))  # want CR107 "`cams`"
            return (body(pose) * cams - keypoints).abs().mean()
    """)


def test_an_argument_that_a_parameter_starts_from() -> None:
    check("""
        net = nn.Linear(3, 3)

        def attack_loss(x, y):
            x = nn.Parameter(x)
            loss = (net(x) - y).pow(2).mean()
            loss.backward()
            return x.grad

        def start_loss(x, y):
            x = nn.Parameter(x)
            return x, (net(x) - y).pow(2).mean()

        def fit_loss(x, y):
            x = nn.Parameter(x)
            optimizer = torch.optim.SGD([x], lr=0.1)
            return (net(x) - y).pow(2).mean(), optimizer

        def smooth_loss(x, y):
            x = nn.Parameter(x)
            loss = (net(x) - y).pow(2).mean()
            slope = torch.autograd.grad(loss, x, create_graph=True)[0]
            return loss + slope.pow(2).mean()

        class Scaled(nn.Module):
            def __init__(self, scale):
                super().__init__()
                self.scale = nn.Parameter(scale)

            def forward(self, x, y):
                return (x @ self.scale - y).pow(2).mean()

        def made_loss(scale, x, y):
            return Scaled(scale)(x, y)
    """)


def test_a_penalty_on_a_variable_of_data() -> None:
    check("""
        from torch import autograd
        from torch.autograd import Variable

        def calc_penalty(netD, real, fake):
            alpha = torch.rand(real.size(0), 1).expand_as(real)
            mixed = Variable(alpha * real.data + (1 - alpha) * fake.data, requires_grad=True)
            slopes = autograd.grad(netD(mixed).sum(), mixed, create_graph=True)[0]
            return ((slopes.norm(2, dim=1) - 1) ** 2).mean()
    """)


def test_a_variable_of_data_that_nobody_differentiates_by() -> None:
    check("""
        from torch.autograd import Variable

        def fooling_loss(netD, real, fake):
            mixed = Variable(fake.data, requires_grad=True)  # want CR101 "`fake`"
            return (netD(mixed) - netD(real)).mean()
    """)
