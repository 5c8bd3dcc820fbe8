"""Programs in the shape in which people report them: criteria as attributes, helpers that sample, masks."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    "returned",
    [
        "self.crit(scores, captions)",
        '{"recipe_loss": self.crit(scores, captions)}',
        "{'err': self.crit(scores, captions) * 2}",
    ],
)
def test_a_criterion_that_a_class_keeps_makes_a_number(returned: str) -> None:
    check(f"""
        class Captioner(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 7)
                self.crit = nn.CrossEntropyLoss(ignore_index=0)

            def decode(self, states):
                return torch.stack([self.head(s) for s in states], 1).data  # want CR101

            def forward(self, states, captions):
                scores = self.decode(states).flatten(0, 1)
                return {returned}
    """)


def test_a_criterion_beside_what_is_read_without_graph() -> None:
    check("""
        class Captioner(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 7)
                self.crit = nn.CrossEntropyLoss(ignore_index=0)

            def words(self, states):
                return self.head(states).data.argmax(-1)

            def forward(self, states, captions):
                self.shown = self.words(states)
                return self.crit(self.head(states).flatten(0, 1), captions)
    """)


def test_the_entropy_of_scores_that_are_minus_infinity() -> None:
    check("""
        def bonus_loss(logits):
            logp = F.log_softmax(logits, dim=-1)
            h = -(torch.exp(logp) * logp).nan_to_num(nan=0.0).sum(-1)  # want CR302
            return -h.mean()

        def safe_loss(logits, allowed):
            logits = logits.masked_fill(~allowed, float("-inf"))
            logp = F.log_softmax(logits, dim=-1)
            h = -(torch.exp(logp) * logp.masked_fill(~allowed, 0.0)).nan_to_num(nan=0.0).sum(-1)
            return -h.mean()
    """)


def test_the_logarithm_of_a_mean_that_is_spelled_out() -> None:
    check("""
        def count_loss(scores, label):
            prob = scores.softmax(2).sum(1) / scores.size(1)
            return -(torch.log(prob) * label).sum()  # want CR305

        def padded_loss(scores, label):
            prob = scores.softmax(2).sum(1) / scores.size(1)
            return -(torch.log(prob + 1e-10) * label).sum()
    """)


def test_the_state_of_a_part() -> None:
    check("""
        class Leaky(nn.Module):
            def __init__(self, kept):
                super().__init__()
                self.mem = None
                self.kept = kept

            def forward(self, current):
                if self.mem is None:
                    self.mem = torch.zeros_like(current)
                self.mem = 0.9 * self.mem + current  # want CR504
                return torch.sigmoid(self.mem)

            def empty(self):
                self.mem = None

        class Emptied(Leaky):
            def forward(self, current):
                return torch.sigmoid(0.9 * current)

        class Spiking(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner, self.outer = nn.Linear(5, 6), nn.Linear(6, 3)
                self.cells = nn.ModuleList([Leaky(2), Leaky(3)])

            def step_loss(self, x, y):
                return F.cross_entropy(self.cells[1](self.outer(self.cells[0](self.inner(x)))), y)

        class Started(Spiking):
            def step_loss(self, x, y):
                for cell in self.cells:
                    cell.mem = None
                return super().step_loss(x, y)

        class Plain(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner, self.cell = nn.Linear(5, 3), Emptied(2)

            def step_loss(self, x, y):
                return F.cross_entropy(self.cell(self.inner(x)), y)
    """)


def test_the_state_of_a_part_that_somebody_empties() -> None:
    check("""
        class Leaky(nn.Module):
            def __init__(self):
                super().__init__()
                self.mem = None

            def forward(self, current):
                if self.mem is None:
                    self.mem = torch.zeros_like(current)
                self.mem = 0.9 * self.mem + current
                return torch.sigmoid(self.mem)

            def empty(self):
                self.mem = None

        class Spiking(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner, self.cell = nn.Linear(5, 3), Leaky()

            def step_loss(self, x, y):
                return F.cross_entropy(self.cell(self.inner(x)), y)

        def train(net, loader, optimiser):
            for x, y in loader:
                net.cell.empty()
                optimiser.zero_grad()
                net.step_loss(x, y).backward()
                optimiser.step()
    """)


def test_a_flag_on_what_is_computed_from_a_leaf() -> None:
    check("""
        def slope(u, x):
            return torch.autograd.grad(u.sum(), x, create_graph=True)[0]

        def wall_loss(net, t):
            t.requires_grad = True
            wall = torch.exp(-t)
            wall.requires_grad = True  # want CR401 "raises"
            return slope(net(torch.stack([wall, t], 1)), wall).pow(2).mean()

        def open_loss(net, t):
            t.requires_grad = True
            wall = torch.exp(-t).detach()
            wall.requires_grad = True
            return slope(net(torch.stack([wall, t], 1)), wall).pow(2).mean()

        def moved_loss(net, t):
            t.requires_grad = True
            wall = t.data + 0.1
            wall.requires_grad = True
            return slope(net(torch.stack([wall, t], 1)), wall).pow(2).mean()
    """)


def test_a_name_that_is_a_leaf_again_before_its_gradient_is_read() -> None:
    check("""
        def attack(model, x, y):
            adv = x.clone().detach()
            for _ in range(3):
                adv.requires_grad = True
                F.cross_entropy(model(adv), y).backward()
                adv = adv + 0.03 * adv.grad.sign()
                adv = torch.clamp(adv, 0, 1).detach()
            return adv
    """)


def test_gaps_that_a_function_negates() -> None:
    check("""
        def gap_loss(y_hat, y):
            seen = torch.logical_not(torch.isnan(y))
            return ((y_hat - y) ** 2)[seen].mean()  # want CR302

        def seen_loss(y_hat, y):
            seen = torch.logical_not(torch.isnan(y))
            return ((y_hat[seen] - y[seen]) ** 2).mean()
    """)


def test_a_loss_of_one_of_two_networks() -> None:
    check("""
        class OptionCritic(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.q, self.stops = nn.Linear(4, 6), nn.Linear(6, 2), nn.Linear(6, 2)

            def actor_loss(self, obs, option, done):
                state = torch.relu(self.body(obs))
                q = self.q(state).detach()
                return self.stops(state).sigmoid()[option] * (q[option] - q.max() + 0.1) * (1 - done)

        class Chooser(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.q, self.stops = nn.Linear(4, 6), nn.Linear(6, 2), nn.Linear(6, 2)

            def option_loss(self, obs, option, done):
                state = torch.relu(self.body(obs))
                q = self.q(state).detach()  # want CR101
                return self.stops(state).sigmoid()[option] * (q[option] - q.max() + 0.1) * (1 - done)
    """)


def test_a_code_that_another_loss_trains_beside_one_that_a_cycle_does() -> None:
    check("""
        class Swap(nn.Module):
            def __init__(self):
                super().__init__()
                self.looks, self.shape, self.dec = nn.Linear(6, 3), nn.Linear(6, 4), nn.Linear(7, 6)
                self.who = nn.Linear(3, 4)

            def code(self, x):
                f = self.looks(x)
                return f.detach(), self.who(f)

            def update(self, a, b, ids):
                s_b = self.shape(b)
                f_a, p_a = self.code(a)
                made = self.dec(torch.cat([s_b, f_a], 1))
                return F.cross_entropy(p_a, ids) + F.l1_loss(self.shape(made), s_b)
    """)


def test_a_backward_pass_by_what_a_base_class_keeps() -> None:
    check("""
        from somewhere import Trainer

        class Online(Trainer):
            def training_step(self, model, inputs):
                out = model(inputs)
                loss = -(out * out.sigmoid()).mean()
                self.accelerator.backward(loss)
                return loss.detach() / self.args.accumulated

        class Silent(Trainer):
            def training_step(self, model, inputs):
                loss = -(model(inputs) * inputs["reward"]).mean()
                return loss.detach() / 4  # want CR101
    """)
