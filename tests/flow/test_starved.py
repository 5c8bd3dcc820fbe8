"""Terms of a loss that train a later layer and not what comes before a cut; and where that is meant."""

from __future__ import annotations

from flow.checking import check

HEADS = """
    class Heads(nn.Module):
        def __init__(self):
            super().__init__()
            self.enc, self.dec, self.cls = nn.Linear(6, 3), nn.Linear(3, 6), nn.Linear(3, 2)

"""


def test_a_term_that_only_the_decoder_learns_from() -> None:
    check(
        HEADS
        + """
        def round_loss(self, x, y):
            h = self.enc(x)
            code = torch.round(h)  # want CR201 "`self.enc.weight` through this term is exactly zero"
            return F.cross_entropy(self.cls(h), y) + F.mse_loss(self.dec(code), x)

        def rebuilt_loss(self, x, y):
            h = self.enc(x)
            code = torch.tensor(h.tolist())  # want CR105 "no gradient to `self.enc"
            return {"task": F.cross_entropy(self.cls(h), y), "image": F.mse_loss(self.dec(code), x)}

        def drawn_loss(self, x, y):
            h = self.enc(x)
            code = torch.normal(h, 0.1)  # want CR111 "exactly zero"
            return F.cross_entropy(self.cls(h), y) + F.mse_loss(self.dec(code), x)

        def gated_loss(self, x, y):
            h = self.enc(x)
            open_ = (h > 0).float()  # want CR103 "this term"
            return F.cross_entropy(self.cls(h), y) + 0.1 * F.mse_loss(self.dec(open_), x)
    """
    )


def test_targets_weights_masks_and_actions_are_meant() -> None:
    check(
        HEADS
        + """
        def probe_loss(self, x, y):
            h = self.enc(x)
            return F.cross_entropy(self.cls(h.detach()), y) + F.mse_loss(self.dec(h), x)

        def pseudo_loss(self, x, y):
            h = self.enc(x)
            sure = (h.softmax(-1) > 0.9).float()
            return F.mse_loss(self.dec(h), x) + F.binary_cross_entropy_with_logits(self.cls(x), sure)

        def selected_loss(self, x, y):
            h = self.enc(x)
            sure = (h.amax(-1) > 0.9).float()
            each = F.cross_entropy(self.cls(x), y, reduction="none")
            return F.mse_loss(self.dec(h), x) + (each * sure).sum() / sure.sum().clamp(min=1)

        def balanced_loss(self, x, y):
            h = self.enc(x)
            image, task = F.mse_loss(self.dec(h), x), F.cross_entropy(self.cls(x), y)
            return image + task * (image.item() / task.item())

        def critic_loss(self, x, y):
            dist = torch.distributions.Categorical(logits=self.enc(x))
            act = dist.sample()
            value = self.cls(F.one_hot(act, 3).float())
            return F.mse_loss(value, y) - (dist.log_prob(act) * y).mean()
    """
    )


def test_a_stop_gradient_on_one_side_of_a_distance() -> None:
    check("""
        class Painter(nn.Module):
            def __init__(self):
                super().__init__()
                self.paint, self.vgg = nn.Linear(4, 6), nn.Linear(6, 3)

            def content_loss(self, z, real):
                made = self.paint(z)
                seen = self.vgg(made.detach())  # want CR101 "no gradient to `self.paint"
                return F.l1_loss(made, real) + F.mse_loss(seen, self.vgg(real))

            def judge_loss(self, z, real):
                made = self.paint(z)
                told = self.vgg(real) - self.vgg(made.detach())
                return F.l1_loss(made, real) + F.softplus(-told).mean()
    """)


def test_a_generator_that_its_own_step_detaches() -> None:
    check("""
        def train_generator(G, D, z, real):
            made = G(z)
            fooled = D(made.detach())  # want CR101 "this term of the loss gives no gradient to `G`"
            return F.l1_loss(made, real) - 0.01 * fooled.mean()

        def train_discriminator(G, D, z, real):
            made = G(z)
            return D(made.detach()).mean() - D(real).mean() + F.l1_loss(made, real)
    """)


def test_what_a_hook_or_a_note_keeps_is_detached() -> None:
    check("""
        class Distilled(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.head, self.fit = nn.Linear(6, 4), nn.Linear(4, 2), nn.Linear(4, 8)
                self.seen, self.noted = {}, {}
                self.body.register_forward_hook(self.look)

            def look(self, module, given, out):
                self.seen["body"] = out.detach()  # want CR101 "this term"

            def note(self, name, value):
                self.noted[name] = value.detach()  # want CR101 "this term"
                return value

            def hooked_loss(self, x, y, wide):
                task = F.cross_entropy(self.head(self.body(x)), y)
                return task + F.mse_loss(self.fit(self.seen["body"]), wide)

            def noted_loss(self, x, y, wide):
                task = F.cross_entropy(self.head(self.note("body", self.body(x))), y)
                return task + F.mse_loss(self.fit(self.noted["body"]), wide)
    """)


def test_a_term_that_is_detached_as_a_whole() -> None:
    check("""
        def attention_loss(student, teacher, x, y):
            hidden = student.body(x)
            with torch.no_grad():
                wanted = teacher.body(x)
            extra = (5.0 * F.mse_loss(hidden, wanted)).detach()  # want CR101 "this term"
            return F.cross_entropy(student.head(hidden), y) + extra

        def early_loss(policy, value, x, act, ret):
            surrogate = -(policy(x).log_softmax(-1).gather(1, act)).mean()
            critic = F.mse_loss(value(x), ret)
            if surrogate.item() > 10.0:
                return critic + surrogate.detach()
            return critic + surrogate
    """)


def test_codes_without_a_straight_through_gradient() -> None:
    check(
        HEADS
        + """
            self.book = nn.Embedding(8, 3)

        def vq_loss(self, x):
            z = self.enc(x)
            q = self.book(torch.cdist(z, self.book.weight).argmin(1))  # want CR104 "no gradient to"
            return F.mse_loss(self.dec(q), x) + F.mse_loss(z, q.detach())

        def vq_straight_loss(self, x):
            z = self.enc(x)
            q = self.book(torch.cdist(z, self.book.weight).argmin(1))
            commit = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())
            return F.mse_loss(self.dec(z + (q - z).detach()), x) + commit

        def word_loss(self, x):
            logits = self.enc(x)
            hard = F.one_hot(logits.argmax(-1), 3).float()  # want CR104 "this term"
            return F.mse_loss(self.dec(hard), x) - logits.log_softmax(-1).mean()

        def word_straight_loss(self, x):
            logits = self.enc(x)
            hard = F.one_hot(logits.argmax(-1), 3) + logits - logits.detach()
            return F.mse_loss(self.dec(hard), x) - logits.log_softmax(-1).mean()
    """.replace("\n            self.book", "            self.book")
    )


def test_of_two_passes_only_the_one_at_fault() -> None:
    check("""
        gen, disc = nn.Linear(2, 4), nn.Linear(4, 1)
        g_opt = torch.optim.Adam(gen.parameters())
        d_opt = torch.optim.Adam(disc.parameters())
        real = torch.randn(8, 4)
        for step in range(2):
            fake = gen(torch.randn(8, 2))
            d_opt.zero_grad()
            (F.softplus(-disc(real)).mean() + F.softplus(disc(fake.detach())).mean()).backward()
            d_opt.step()
            g_opt.zero_grad()
            F.softplus(-disc(fake.detach())).mean().backward()  # want CR101 "reaches `gen.weight`"
            g_opt.step()
    """)


def test_what_gives_its_input_back_is_to_keep_it() -> None:
    check("""
        class Cycle(nn.Module):
            def __init__(self):
                super().__init__()
                self.there, self.back, self.judge = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 1)
                self.style, self.probe = nn.Linear(4, 4), nn.Linear(4, 4)

            def cycle_loss(self, x):
                made = self.there(x)
                again = self.back(made.detach())  # want CR101 "this term"
                return F.softplus(-self.judge(made)).mean() + F.l1_loss(again, x)

            def styled_loss(self, x):
                made = self.there(x)
                again = self.back(made.detach() + self.style(x))
                return F.softplus(-self.judge(made)).mean() + F.l1_loss(again, x)

            def probed_loss(self, x):
                made = self.there(x)
                return F.softplus(-self.judge(made)).mean() + F.l1_loss(self.probe(made.detach()), x)

            def ahead_loss(self, x, later):
                made = self.there(x)
                return F.softplus(-self.judge(made)).mean() + F.l1_loss(self.back(made.detach()), later)
    """)


def test_a_straight_through_estimator_the_wrong_way_round() -> None:
    check(
        HEADS
        + """
            self.book = nn.Embedding(8, 3)

        def turned_loss(self, x, y):
            z = self.enc(x)
            q = self.book(torch.cdist(z, self.book.weight).argmin(1))
            code = q + (z - q).detach()  # want CR101 "no gradient to `self.enc.weight`"
            return F.cross_entropy(self.dec(code), y) + F.mse_loss(z, q.detach())
    """.replace("\n            self.book", "            self.book")
    )


def test_features_that_go_through_numpy() -> None:
    check(
        HEADS
        + """
        def smooth_loss(self, x, y):
            h = self.enc(x)
            smooth = torch.from_numpy(h.detach().numpy() * 0.5)  # want CR101 "this term"
            return F.cross_entropy(self.cls(h), y) + F.mse_loss(self.dec(smooth), x)
    """
    )


def test_a_new_leaf_that_nobody_differentiates_by() -> None:
    check("""
        def ddpg_update(actor, critic, obs):
            act = torch.tanh(actor(obs))
            asked = act.detach().requires_grad_(True)  # want CR101 "this term of the loss gives no gradient"
            return -critic(torch.cat([obs, asked], -1)).mean() + 1e-3 * act.square().mean()

        def smooth_update(actor, critic, obs):
            act = torch.tanh(actor(obs))
            asked = act.detach().requires_grad_(True)
            value = critic(torch.cat([obs, asked], -1)).mean()
            slope = torch.autograd.grad(value, asked, create_graph=True)[0]
            return slope.square().sum() - value + act.square().mean()
    """)


def test_a_straight_through_estimator_that_is_written_out() -> None:
    check("""
        class Planner(nn.Module):
            def __init__(self):
                super().__init__()
                self.height = nn.Parameter(torch.rand(4))

            def layers(self, box):
                floor = torch.div(self.height, box, rounding_mode="floor")
                return self.height / box + (floor - self.height / box).detach()

            def cost(self, box, demand):
                return torch.relu(demand - self.layers(box)).sum() + 0.2 * self.layers(box).sum()

        class Pose:
            def __init__(self):
                self.theta = torch.randn(4, requires_grad=True)
                self.points = torch.rand(5, 2)
                self.theta = self.theta.reshape(2, 2).detach().requires_grad_()

            def fit_loss(self, obs):
                return (self.points @ self.theta - obs).square().mean()
    """)


def test_a_one_that_is_written_into_zeros() -> None:
    check("""
        class Designer(nn.Module):
            def __init__(self):
                super().__init__()
                self.logits = nn.Parameter(torch.randn(5, 4))
                self.oracle = nn.Linear(4, 1)

            def design_loss(self, weight=0.1):
                p = self.logits.softmax(-1)
                best = p.argmax(1, keepdim=True)  # want CR104 "this term"
                letters = torch.zeros_like(p).scatter_(1, best, 1.0)
                return weight * p.square().sum() - self.oracle(letters).mean()

            def passed_loss(self, weight=0.1):
                p = self.logits.softmax(-1)
                hard = torch.zeros_like(p).scatter_(1, p.argmax(1, keepdim=True), 1.0)
                return weight * p.square().sum() - self.oracle(hard - p.detach() + p).mean()

            def chosen_loss(self, weight=0.1):
                p = self.logits.softmax(-1)
                chosen = torch.zeros_like(p).scatter_(1, p.argmax(1, keepdim=True), 1.0)
                return weight * p.square().sum() - (chosen * p).sum() * self.oracle(p).mean()
    """)
