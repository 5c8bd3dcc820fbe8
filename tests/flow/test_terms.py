"""Terms of a loss that train nothing, or not what they are for, beside others that do."""

from tests.flow.checking import check


def test_stopped_losses_that_options_weigh() -> None:
    check("""
        def distil_loss(student, teacher, feats, y, opt):
            a, b, logits = student(feats)
            near = F.mse_loss(a, teacher[0]).detach() * opt.beta_a  # want CR101 "this term"
            far = F.smooth_l1_loss(b, teacher[1]).detach() * opt.beta_b  # want CR101 "this term"
            return near + far + F.cross_entropy(logits, y)
    """)


def test_stopped_losses_whose_weights_are_learnt() -> None:
    check("""
        def weighted_loss(student, teacher, feats, y, head):
            a, logits = student(feats)
            near = F.mse_loss(a, teacher).detach() * head.log_w.exp()
            return near - head.log_w + F.cross_entropy(logits, y)

        def balanced_loss(student, teacher, feats, y, head):
            a, logits = student(feats)
            near = F.mse_loss(a, teacher).detach() * head.w
            return near - head.w.log() + F.cross_entropy(logits, y)
    """)


BOUND = """
    from torch import distributions as D

    class Bound(nn.Module):
        def __init__(self):
            super().__init__()
            self.mu = nn.Linear(9, 3)
            self.dec = nn.Linear(3, 9)
"""


def test_the_score_of_data_is_none_of_the_sample() -> None:
    check(
        BOUND
        + """
        def counts_loss(self, x):
            q = D.Normal(self.mu(x), 1.0)
            z = q.sample()  # want CR111 "this term of the loss gives no gradient to `self.mu"
            rated = D.Poisson(F.softplus(self.dec(z))).log_prob(x).sum(-1)
            return (D.kl_divergence(q, D.Normal(0.0, 1.0)).sum(-1) - rated).mean()

        def prior_loss(self, x):
            q = D.Normal(self.mu(x), 1.0)
            z = q.sample()  # want CR111 "this term"
            rated = D.Normal(self.dec(z), 1.0).log_prob(x).sum(-1) + D.Normal(0.0, 1.0).log_prob(z).sum(-1)
            return q.loc.square().sum(-1).mean() - rated.mean()
    """
    )


def test_a_score_function_beside_what_the_sample_goes_to() -> None:
    check(
        BOUND
        + """
        def nvil_loss(self, x):
            q = D.Normal(self.mu(x), 1.0)
            z = q.sample()
            rated = D.Poisson(F.softplus(self.dec(z))).log_prob(x).sum(-1)
            score = q.log_prob(z).sum(-1) * rated.detach()
            return (D.kl_divergence(q, D.Normal(0.0, 1.0)).sum(-1) - rated - score).mean()

        def again_loss(self, x):
            with torch.no_grad():
                z = D.Normal(self.mu(x), 1.0).sample()
            score = D.Normal(self.mu(x), 1.0).log_prob(z).sum(-1)
            rated = D.Poisson(F.softplus(self.dec(z))).log_prob(x).sum(-1)
            return (self.mu(x).square().sum(-1) - rated - score * rated.detach()).mean()
    """
    )


def test_what_an_optimiser_does_not_move_learns_nothing() -> None:
    check("""
        def height(dem, xy):
            rc = xy.round().long()  # want CR108 "this term of the loss gives no gradient"
            return dem[rc[:, 1], rc[:, 0]]

        def plan(start, dem, goal):
            path = (start + torch.rand(9, 2)).requires_grad_(True)
            opt = torch.optim.Adam([path], lr=0.1)
            for _ in range(9):
                opt.zero_grad()
                cost = (path[1:] - path[:-1]).norm(dim=1).sum() + height(dem, path).sum()
                cost.backward()
                opt.step()
            return path.detach()
    """)


def test_what_data_looks_up_in_what_is_given() -> None:
    check("""
        def plan(start, dem, cells, goal):
            path = (start + torch.rand(9, 2)).requires_grad_(True)
            opt = torch.optim.Adam([path], lr=0.1)
            for _ in range(9):
                opt.zero_grad()
                rc = cells.round().long()
                cost = (path[1:] - path[:-1]).norm(dim=1).sum() + dem[rc[:, 1], rc[:, 0]].sum()
                cost.backward()
                opt.step()
            return path.detach()

        def plan_and_map(start, cells, goal):
            path = (start + torch.rand(9, 2)).requires_grad_(True)
            dem = torch.zeros(9, 9, requires_grad=True)
            opt = torch.optim.Adam([path, dem], lr=0.1)
            for _ in range(9):
                opt.zero_grad()
                rc = path.round().long()
                cost = (path[1:] - path[:-1]).norm(dim=1).sum()
                cost = cost + (dem[rc[:, 1], rc[:, 0]] - cells).square().sum()
                cost.backward()
                opt.step()
            return path.detach()
    """)
