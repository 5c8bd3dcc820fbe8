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


AGENT = """
    class Agent(nn.Module):
        def __init__(self):
            super().__init__()
            self.pi = nn.Linear(4, 2)
            self.q = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))

        def act(self, obs):
            return torch.tanh(self.pi(obs)).detach()  # want CR101 "no gradient reaches `self.pi"

        def value(self, obs, act):
            return self.q(torch.cat((obs, act), -1)).squeeze(-1)

        def update(self, obs, act, target):
            return F.mse_loss(self.value(obs, act), target) - self.value(obs, self.act(obs)).mean()
"""


def test_scores_that_are_only_raised() -> None:
    check(AGENT)
    check("""
        def update(actor, critic, obs, act, w: float):
            pi = actor(obs)
            q = critic(obs, pi.detach())  # want CR101 "this term of the loss gives no gradient to `actor`"
            return F.mse_loss(pi, act) - w * q.mean() / q.abs().mean().detach()

        class Restorer(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 4)
                self.judge = nn.Linear(4, 1)

            def fool_loss(self, x, y):
                made = self.net(x)
                seen = self.judge(made.detach())  # want CR101 "this term"
                return F.l1_loss(made, y) + F.binary_cross_entropy_with_logits(seen, torch.ones_like(seen))

            def hinge_loss(self, x, y):
                made = self.net(x)
                with torch.no_grad():  # want CR102 "this term"
                    seen = self.net(x)
                return F.l1_loss(made, y) + F.relu(1 - self.judge(seen)).mean()
    """)


def test_scores_that_are_raised_against_others() -> None:
    check(AGENT.replace('.detach()  # want CR101 "no gradient reaches `self.pi"', ""))
    check("""
        def cql_loss(actor, critic, obs, act, target):
            pi = actor(obs)
            taken = critic(obs, act)
            over = critic(obs, pi.detach()).mean() - taken.mean()
            return F.mse_loss(pi, act) + F.mse_loss(taken, target) + over

        def density_loss(encoder, decoder, prior, x):
            z = encoder(x)
            return F.mse_loss(decoder(z), x) - prior(z.detach()).mean()

        class Pair(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(4, 4)
                self.judge = nn.Linear(4, 1)
                self.actor = nn.Linear(4, 4)

            def both_loss(self, x, y):
                made = self.net(x)
                real, seen = self.judge(y), self.judge(made.detach())
                told = F.softplus(real).mean() + F.softplus(-seen).mean()
                return F.l1_loss(made, y) + told

            def regressed_loss(self, x, y):
                made = self.net(x)
                seen = self.judge(made.detach())
                return F.l1_loss(made, y) + F.mse_loss(seen, y[:, :1]) - 0.01 * seen.mean()

            def actor_loss(self, x, y):
                h = self.net(x)
                return F.l1_loss(h, y) - self.judge(self.actor(h.detach())).mean()
    """)


def test_what_a_method_compares_with_its_data() -> None:
    check("""
        class Registration(nn.Module):
            def __init__(self):
                super().__init__()
                self.flow = nn.Conv2d(2, 2, 3, padding=1)

            def warp(self, image, flow, mode="bilinear"):
                return F.grid_sample(image, flow.permute(0, 2, 3, 1), mode=mode)  # want CR203 "this term"

            def objective_loss(self, moving, fixed, moving_seg, fixed_seg):
                flow = self.flow(torch.cat([moving, fixed], 1))
                a, b = self.warp(moving_seg, flow, mode="nearest"), fixed_seg
                overlap = 2 * (a * b).sum() / (a.sum() + b.sum() + 1)
                return F.mse_loss(self.warp(moving, flow), fixed) + 1 - overlap
    """)


def test_masks_that_are_warped_to_the_nearest() -> None:
    check("""
        class Registration(nn.Module):
            def __init__(self):
                super().__init__()
                self.flow = nn.Conv2d(2, 2, 3, padding=1)

            def warp(self, image, flow, mode="bilinear"):
                return F.grid_sample(image, flow.permute(0, 2, 3, 1), mode=mode)

            def masked_loss(self, moving, fixed, inside):
                flow = self.flow(torch.cat([moving, fixed], 1))
                valid = self.warp(inside, flow, mode="nearest")
                off = (self.warp(moving, flow) - fixed).abs()
                return (valid * off).sum() / (valid.sum() + 1) + flow.square().mean()

            def weighed_loss(self, moving, fixed, inside, other):
                flow = self.flow(torch.cat([moving, fixed], 1))
                valid = (flow.norm(dim=1, keepdim=True) < 1).float()
                return (valid * (other - inside).abs()).mean() + flow.square().mean()
    """)


def test_a_generator_by_the_letter_of_its_name() -> None:
    check("""
        class Cycle:
            def __init__(self):
                self.G_A, self.D_A = nn.Linear(3, 3), nn.Linear(3, 1)

            def compute_G_loss(self, real_A, real_B):
                fake = self.G_A(real_A)
                told = self.D_A(fake.data)  # want CR101 "this term"
                return F.l1_loss(fake, real_B) + F.mse_loss(told, torch.full_like(told, 0.9))

            def compute_D_loss(self, real_A, real_B):
                fake = self.G_A(real_A)
                told = self.D_A(fake.detach())
                return F.mse_loss(self.D_A(real_B), torch.ones_like(told)) + told.square().mean()
    """)


FAIR = """
    class Fair(nn.Module):
        def __init__(self):
            super().__init__()
            self.enc = nn.Linear(9, 6)
            self.task = nn.Linear(6, 3)
            self.guess = nn.Linear(6, 1)
"""


def test_an_adversary_that_nobody_is_judged_by() -> None:
    check(
        FAIR
        + """
        def fair_loss(self, x, y, group, weight=1.0):
            z = torch.tanh(self.enc(x))
            told = self.guess(z.detach())  # want CR101 "this term of the loss gives no gradient"
            leak = F.binary_cross_entropy_with_logits(told.squeeze(1), group)
            return F.cross_entropy(self.task(z), y) - weight * leak
    """
    )


def test_an_adversary_that_learns() -> None:
    check(
        FAIR
        + """
        def both_loss(self, x, y, group, weight=1.0):
            z = torch.tanh(self.enc(x))
            leak = F.binary_cross_entropy_with_logits(self.guess(z.detach()).squeeze(1), group)
            return F.cross_entropy(self.task(z), y) + weight * leak

        def judged_loss(self, x, y, group, weight=1.0):
            z = torch.tanh(self.enc(x))
            leak = F.binary_cross_entropy_with_logits(self.guess(z).squeeze(1), group)
            return F.cross_entropy(self.task(z), y) - weight * leak

        def forget_loss(self, x, y, kept, lost):
            z = torch.tanh(self.enc(x))
            told = self.guess(z.detach()[kept]), self.guess(z.detach()[lost])
            keep = F.binary_cross_entropy_with_logits(told[0].squeeze(1), y[kept].float())
            lose = F.binary_cross_entropy_with_logits(told[1].squeeze(1), y[lost].float())
            return F.cross_entropy(self.task(z), y) + keep - 0.1 * lose
    """
    )
