"""What a function is by its name, or by what another one does with it."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    "name", ["loss_fn", "dice_loss_fn", "log_loss", "noise_prediction_loss", "check_loss", "load_loss"]
)
def test_losses_whose_name_says_something_else_too(name: str) -> None:
    check(f"""
        def {name}(pred, y):
            p = pred.detach()  # want CR101
            return (p - y).pow(2).mean()
    """)


@pytest.mark.parametrize("name", ["plot_loss", "estimate_loss", "get_loss_fn", "loss_name", "test_loss"])
def test_names_of_no_losses(name: str) -> None:
    check(f"""
        def {name}(pred, y):
            p = pred.detach()
            return (p - y).pow(2).mean()
    """)


def test_functions_that_others_return() -> None:
    check("""
        def build_loss(weight):
            def inner(out, y):
                return weight * (out.argmax(1) - y).abs().float().mean()  # want CR104
            return inner

        def make_objective(target, weight):
            def objective(theta):
                data = (theta - target).pow(2).mean().item()  # want CR105
                return torch.tensor(data)
            return objective

        def make_accuracy(k):
            def inner(out, y):
                return (out.topk(k, 1).indices == y[:, None]).any(1).float().mean()
            return inner

        def get_loss_fn(kind):
            def inner(out, y):
                hits = (out.argmax(1) == y).float().mean()
                return F.cross_entropy(out, y), {"accuracy": hits}
            return inner

        hinge_loss = lambda score, y: (score * y < 1).float().mean()  # want CR103
        huber_loss = lambda score, y: F.smooth_l1_loss(score, y)
    """)


def test_one_of_several_that_two_gates_close() -> None:
    check("""
        TABLE = {}

        def register(name):
            def wrap(function):
                TABLE[name] = function
                return function
            return wrap

        @register("zero_one")
        def zero_one(p, y):
            return (p.argmax(-1) != y).float().mean()  # want CR104

        @register("ce")
        def ce(p, y):
            return F.cross_entropy(p, y)

        class Criterion(nn.Module):
            def __init__(self, kind):
                super().__init__()
                self.fn = TABLE[kind]

            def forward(self, p, y):
                return self.fn(p, y)
    """)


def test_no_grad_in_a_helper_of_a_figure() -> None:
    check("""
        @torch.no_grad()  # want CR102
        def gram(f):
            return f @ f.transpose(1, 2)

        def style_gap(features, style):
            return (gram(features) - gram(style)).pow(2).mean()

        @torch.no_grad()
        def drift(features, style):
            return (features.mean(0) - style.mean(0)).pow(2).mean()
    """)


def test_the_dtype_of_a_mask() -> None:
    check("""
        def masked_loss(disp, valid, gt):
            disp = disp.type_as(valid)  # want CR108 "valid"
            return ((disp - gt).abs() * valid).sum() / valid.sum()

        def depth_loss(disp, gt):
            return (disp.type_as(gt) - gt).abs().mean()
    """)


def test_parameters_that_nothing_trains() -> None:
    check("""
        class Spring(nn.Module):
            def __init__(self):
                super().__init__()
                self.k = nn.Parameter(torch.ones(3))

            def energy(self, stretch):
                k = self.k.detach().clamp(min=0.1)  # want CR101 "self.k"
                return 0.5 * (k * stretch**2).sum()

        class Averaged(nn.Module):
            def __init__(self):
                super().__init__()
                self.centre = nn.Parameter(torch.zeros(3))

            def update(self, x):
                self.centre.data = 0.9 * self.centre.data + 0.1 * x.detach().mean(0)

            def energy(self, x):
                return (x - self.centre.detach()).square().sum()

        class CodeBook(nn.Module):
            def __init__(self):
                super().__init__()
                self.enc = nn.Linear(4, 3)
                self.dec = nn.Linear(3, 4)
                self.register_buffer("book", torch.randn(8, 3))

            def loss(self, x):
                z = self.enc(x)
                nearest = torch.cdist(z.detach(), self.book).argmin(1)  # want CR101 "self.enc"
                return (self.dec(self.book[nearest]) - x).pow(2).mean()
    """)


def test_texts_over_several_lines() -> None:
    check("""
        def gap(pred, y):
            d = pred.detach() - y  # want CR101
            return d.pow(2).mean(

            )

        def rotation(angle):
            return torch.tensor([  # want CR107
                [torch.cos(angle), -torch.sin(angle)],
                [torch.sin(angle), torch.cos(angle)],
            ])

        def align(angle, a, b):
            return (a @ rotation(angle) - b).pow(2).mean()
    """)


def test_coefficients_are_trained_by_turns() -> None:
    check("""
        class Temperature(nn.Module):
            def __init__(self):
                super().__init__()
                self.log_alpha = nn.Parameter(torch.zeros(()))

            def alpha_loss(self, logp, goal):
                return -(self.log_alpha * (logp + goal).detach()).mean()

        class ActorLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.actor = nn.Linear(3, 2)
                self.log_alpha = nn.Parameter(torch.zeros(()))

            def loss(self, s):
                logp = self.actor(s).log_softmax(-1)
                return (self.log_alpha.exp().detach() * logp - logp).mean()

        class Critic(nn.Module):
            def __init__(self):
                super().__init__()
                self.q, self.later = nn.Linear(5, 1), nn.Linear(5, 1)

            def loss(self, now, after, reward):
                with torch.no_grad():
                    goal = reward + 0.9 * self.later(after).squeeze(1)
                return F.mse_loss(self.q(now).squeeze(1), goal)

        class Probe(nn.Module):
            def __init__(self):
                super().__init__()
                self.backbone = nn.Linear(6, 4).requires_grad_(False)
                self.head = nn.Linear(4, 3)

            def loss(self, x, y):
                with torch.no_grad():
                    h = self.backbone(x)
                return F.cross_entropy(self.head(h), y)
    """)


def test_records_and_texts() -> None:
    check("""
        from collections import namedtuple
        from dataclasses import dataclass, field

        Pred = namedtuple("Pred", "box score")

        def clean(p):
            return p._replace(box=p.box.detach())  # want CR101

        def det_loss(raw, gt):
            return (clean(Pred(raw[:, :4], raw[:, 4])).box - gt).abs().mean()

        def score_loss(raw, gt):
            return (clean(Pred(raw[:, :4], raw[:, 4])).score - gt).abs().mean()

        @dataclass
        class Bag:
            terms: list = field(default_factory=list)

            def add(self, term):
                self.terms.append(term.item())  # want CR105

        def bag_loss(a, b):
            bag = Bag()
            bag.add((a - b).pow(2).mean())
            return torch.tensor(bag.terms).sum()

        def price_loss(prices, target):
            nice = torch.tensor([float(f"{p:.2f}") for p in prices])  # want CR105
            return (nice - target).pow(2).mean()
    """)


def test_wrappers_of_the_loss_itself() -> None:
    check("""
        import functools

        def timed(function):
            @functools.wraps(function)
            @torch.no_grad()  # want CR102
            def inner(*args, **kwargs):
                return function(*args, **kwargs)
            return inner

        @timed
        def contrast_loss(z1, z2):
            return -(z1 * z2).sum(-1).mean()
    """)


def test_what_a_loss_is_called_after_is_fitted() -> None:
    check("""
        def fit_temperature_loss(temperature, logits, labels):
            t = max(temperature.item(), 1e-2)  # want CR105
            return F.cross_entropy(logits / t, labels)

        def distilled_loss(student, teacher, temperature):
            t = max(temperature.item(), 1e-2)
            return F.mse_loss(student / t, teacher / t)
    """)


def test_modules_of_torchmetrics() -> None:
    check("""
        import torchmetrics

        class Segments(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Conv2d(3, 2, 1)
                self.overlap = torchmetrics.JaccardIndex(task="multiclass", num_classes=2)
                self.similarity = torchmetrics.image.StructuralSimilarityIndexMeasure()

            def training_step(self, batch, index):
                x, y = batch
                return 1 - self.overlap(self.net(x), y)  # want CR109 "overlap"

            def training_loss(self, x, y):
                return 1 - self.similarity(self.net(x), y)
    """)


def test_scores_by_their_other_names() -> None:
    check("""
        from torcheval.metrics.functional import binary_auroc, mean_squared_error
        from torchmetrics.classification import BinaryF1Score
        from torchmetrics.functional.classification import binary_jaccard_index

        class F1Loss(nn.Module):
            def __init__(self):
                super().__init__()
                self.measure = BinaryF1Score()

            def forward(self, logits, y):
                return 1 - self.measure(logits.sigmoid(), y)  # want CR109 "`logits`"

        def overlap_loss(logits, y):
            return 1 - binary_jaccard_index(logits, y)  # want CR109 "`logits`"

        def ranking_loss(scores, y):
            return 1 - binary_auroc(scores, y)  # want CR109 "`scores`"

        def error_loss(pred, y):
            return mean_squared_error(pred, y)
    """)


def test_a_scorer_that_returns_its_loss() -> None:
    check("""
        class Scorer(nn.Module):
            def forward(self, emissions, tags):
                path = emissions.argmax(-1)  # want CR104 "`emissions`"
                loss = (path != tags).float().mean()
                return loss.clone().requires_grad_()  # want CR401

        class Tagger(nn.Module):
            def forward(self, emissions, tags):
                path = emissions.argmax(-1)  # want CR104 "`emissions`"
                loss = (path != tags).float().mean()
                return loss

        class Meter(nn.Module):
            def forward(self, emissions, tags):
                accuracy = (emissions.argmax(-1) == tags).float().mean()
                return accuracy
    """)


def test_a_batch_holds_predictions() -> None:
    check("""
        def loss_of(batch):
            rank = batch["scores"].argsort(descending=True) + 1  # want CR104 "`batch`"
            return (batch["relevance"] * rank).sum() / batch["relevance"].sum()

        def lm_loss(batch):
            ids = batch["ids"].long()
            return F.cross_entropy(models[0](ids), batch["labels"])
    """)


def test_a_function_that_returns_a_count() -> None:
    check("""
        def hamming_loss(pred: torch.Tensor, target: torch.Tensor) -> int:
            return int((pred > 0.5).ne(target).sum())
    """)


def test_what_returns_what_it_calls_a_loss_is_one() -> None:
    check("""
        class Agent(nn.Module):
            def __init__(self):
                super().__init__()
                self.actor, self.critic = nn.Linear(4, 3), nn.Linear(4, 1)

            def learn(self, episode):
                actor_loss, critic_loss = 0, 0
                for state, action, goal in episode:
                    value = self.critic(state).item()  # want CR105 "`self.critic.weight`"
                    logp = self.actor(state).log_softmax(-1)[action]
                    actor_loss = actor_loss - logp * (goal - value)
                    critic_loss = critic_loss + (goal - value).pow(2).mean()
                return actor_loss + 0.5 * critic_loss
    """)


def test_tokens_of_a_loss() -> None:
    check("""
        def get_reverse_kl_tokens(scores, completion, mode):
            return scores.argmax(dim=-1) if mode == "argmax" else completion
    """)


def test_a_measure_that_is_made_small() -> None:
    check("""
        def neg_ndcg(scores, gains):
            order = scores.sort(descending=True).indices  # want CR104 "`scores`"
            discount = torch.log2(torch.arange(len(scores)) + 2.0)
            return -(gains[order] / discount).sum() / (gains / discount).sum()

        def concordance(risk, time):
            right = 0.0
            for i in range(len(risk)):
                right += float(risk[i] > risk[0])  # want CR103 "`risk`"
            return torch.tensor(1 - right / len(risk))

        def ndcg(scores, gains):
            order = scores.sort(descending=True).indices
            return gains[order].sum() / gains.sum()
    """)


def test_a_cost_of_a_simulated_state() -> None:
    check("""
        class Cart(nn.Module):
            def __init__(self):
                super().__init__()
                self.policy = nn.Linear(2, 1)

            def dynamics(self, state, force):
                place, speed = state
                return torch.tensor([speed, force - place])  # want CR107 "`self.policy.weight`"

            def rollout_cost(self, steps):
                state, cost = torch.tensor([0.0, 0.1]), 0.0
                for _ in range(steps):
                    state = state + 0.05 * self.dynamics(state, self.policy(state).squeeze())
                    cost = cost + state[0] ** 2
                return cost / steps
    """)


def test_a_cost_of_a_simulated_state_that_keeps_its_graph() -> None:
    check("""
        class Cart(nn.Module):
            def __init__(self):
                super().__init__()
                self.policy = nn.Linear(2, 1)

            def dynamics(self, state, force):
                place, speed = state
                return torch.stack([speed, force - place])

            def rollout_cost(self, steps):
                state, cost = torch.tensor([0.0, 0.1]), 0.0
                for _ in range(steps):
                    state = state + 0.05 * self.dynamics(state, self.policy(state).squeeze())
                    cost = cost + state[0] ** 2
                return cost / steps
    """)


def test_what_is_called_a_prediction_is_no_variable() -> None:
    check("""
        @torch.no_grad()  # want CR102 "`func`"
        def euler(func, y0, t):
            ys = [y0]
            for a, b in zip(t[:-1], t[1:]):
                ys.append(ys[-1] + (b - a) * func(a, ys[-1]))
            return torch.stack(ys)

        def train_loss(func, y0, t, traj):
            pred = euler(func, y0, t)
            return torch.mean(torch.abs(pred - traj))
    """)


def test_what_features_are_compared_with() -> None:
    check("""
        def distil_loss(feats, teacher, x):
            with torch.no_grad():
                pred = teacher(x)
            return (pred - feats).abs().mean()

        def consistency_loss(model, feats, x):
            with torch.no_grad():
                target = model(x)
            return (feats - target).pow(2).mean()

        def td_loss(q_net, states, rewards):
            q = q_net(states)
            with torch.no_grad():
                output = q_net(states + 1)
            return (output + rewards - q).pow(2).mean()
    """)


def test_what_others_call_of_a_class_of_losses() -> None:
    check("""
        class LaneLoss:
            def __init__(self, weights):
                self.weights = weights

            def position(self, lanes, offsets):
                return F.smooth_l1_loss(lanes, offsets)

            def total(self, lanes, offsets):
                total = torch.zeros(())
                for name, weight in self.weights.items():
                    term = torch.round(getattr(self, name)(lanes, offsets))  # want CR201 "lanes"
                    total = total + weight * term
                return total

        class LossWeights:
            def __init__(self, start):
                self.start = start

            def at(self, lanes):
                return self.decay(lanes) * self.start

            def decay(self, lanes):
                return 1 / (1 + lanes.detach())

        def set_likelihood(scores, valid):
            p = torch.softmax(scores, 0).detach()  # want CR101
            return -(p * valid).sum().log()
    """)


def test_the_one_loss_among_what_a_loss_returns() -> None:
    check("""
        class MixLoss(nn.Module):
            def forward(self, est, targets, return_est=False):
                found = (est - targets).square().mean(-1)
                mean_loss = found.mean().data  # want CR101
                if not return_est:
                    return mean_loss
                return mean_loss, est.flip(0)

        class FineLoss(nn.Module):
            def forward(self, est, targets):
                mean_loss = (est - targets).square().mean()
                return mean_loss, est.flip(0).detach()

        class Codec(nn.Module):
            def forward(self, code, entries):
                quantized = code + (entries - code).detach()
                commit_loss = F.mse_loss(code, entries.detach())
                return quantized, commit_loss
    """)


def test_steps_that_leave_nothing_to_train_by() -> None:
    check("""
        class Trainer:
            def __init__(self):
                self.gen, self.judge = nn.Linear(2, 4), nn.Linear(4, 1)
                self.opt = torch.optim.Adam(self.judge.parameters())

            def judge_step(self, real, z):
                self.opt.zero_grad()
                good, bad = self.judge(real), self.judge(self.gen(z).detach())
                one, zero = torch.ones_like(good), torch.zeros_like(bad)
                loss = F.binary_cross_entropy_with_logits(good, one)
                return (loss + F.binary_cross_entropy_with_logits(bad, zero)).item()  # want CR105

        class Sound:
            def __init__(self):
                self.net = nn.Linear(2, 4)
                self.opt = torch.optim.Adam(self.net.parameters())

            def step(self, x, y):
                loss = F.mse_loss(self.net(x), y)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
                return loss.item()

        class Watched:
            def __init__(self):
                self.net = nn.Linear(2, 4)

            def valid_step(self, x, y):
                return F.mse_loss(self.net(x), y).item()

            def figure(self, x, y):
                return F.mse_loss(self.net(x), y).item()
    """)
