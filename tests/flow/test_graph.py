"""CR5xx: in-place edits and the life of a graph."""

from __future__ import annotations

import pytest

from flow.checking import check


def test_an_edit_of_what_backward_needs() -> None:
    check("""
        def gate_loss(logits, target):
            gate = torch.exp(logits)
            gate *= target  # want CR501 "derivative of `exp`"
            return gate.mean()
    """)


def test_an_edit_of_what_backward_does_not_need() -> None:
    check("""
        def shifted_loss(logits, target):
            shifted = logits * 2
            shifted += target
            shifted.clamp_(min=0)
            return shifted.mean()
    """)


def test_an_edit_in_a_helper() -> None:
    check("""
        def clear(values):
            values[:, 0] = 0.0  # want CR501 "`softmax`"

        def masked_loss(logits, target):
            prob = logits.softmax(dim=1)
            clear(prob)
            return F.mse_loss(prob, target)
    """)


def test_an_edit_of_a_leaf() -> None:
    check("""
        class Prior(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean = nn.Parameter(torch.zeros(4))

            def loss(self, pred):
                self.mean[0] = 0.0  # want CR502 "`self.mean` is a leaf"
                return (pred - self.mean).pow(2).mean()
    """)


def test_an_edit_below_no_grad() -> None:
    check("""
        class Prior(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean = nn.Parameter(torch.zeros(4))

            def loss(self, pred):
                with torch.no_grad():
                    self.mean[0] = 0.0
                return (pred - self.mean).pow(2).mean()
    """)


def test_two_backward_passes() -> None:
    check("""
        def train_step(model, images, target):
            error = (model(images) - target).pow(2)
            error.mean().backward()  # want CR503 "frees the graph"
            error.max().backward()
    """)


def test_two_backward_passes_of_one_kept_graph() -> None:
    check("""
        def train_step(model, images, target):
            error = (model(images) - target).pow(2)
            error.mean().backward(retain_graph=True)
            error.max().backward()
    """)


def test_a_state_that_is_carried_over() -> None:
    check("""
        def train(batches, state):
            cell = nn.GRUCell(3, 3)
            for batch in batches:
                state = cell(batch, state)
                loss = state.pow(2).mean()
                loss.backward()  # want CR504 "previous step"
    """)


def test_a_state_that_is_detached() -> None:
    check("""
        def train(batches, state):
            cell = nn.GRUCell(3, 3)
            for batch in batches:
                state = cell(batch, state.detach())
                loss = state.pow(2).mean()
                loss.backward()
    """)


def test_layers_that_edit_what_they_are_given() -> None:
    check("""
        class Judge(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.gate = nn.Linear(4, 8), nn.Linear(4, 8)
                self.act = nn.LeakyReLU(0.2, inplace=True)
                self.drop = nn.Dropout(0.3, True)
                self.head = nn.Sequential(nn.Linear(8, 8), nn.ReLU(inplace=True), nn.Linear(8, 1))

            def loss(self, x, y):
                h = self.act(self.body(x))
                g = self.drop(torch.sigmoid(self.gate(x)))  # want CR501 "sigmoid"
                return F.mse_loss(self.head(h * g), y)
    """)


def test_an_activation_in_place_keeps_what_it_needs() -> None:
    check("""
        def slope_loss(pred, target):
            h = pred * 2
            F.leaky_relu(h, 0.1, inplace=True)
            F.hardtanh(h, inplace=True)  # want CR501 "leaky_relu"
            return F.mse_loss(h, target)
    """)


@pytest.mark.parametrize("network", ["cell", "decoder", "net"])
def test_a_network_that_came_from_outside_needs_its_input(network: str) -> None:
    check(f"""
        def rollout_loss({network}, first, targets):
            history = torch.zeros(len(targets) + 1, first.size(0))
            history[0] = first
            for t in range(len(targets)):
                history[t + 1] = {network}(history[t])  # want CR501 "derivative of `{network}`"
            return (history[1:] - targets).pow(2).mean()
    """)


@pytest.mark.parametrize(
    ("name", "read"), [("cell", "history[t].clone()"), ("transform", "history[t]"), ("func", "history[t]")]
)
def test_what_needs_no_input_or_gets_a_copy(name: str, read: str) -> None:
    check(f"""
        def rollout_loss({name}, first, targets):
            history = torch.zeros(len(targets) + 1, first.size(0))
            history[0] = first
            for t in range(len(targets)):
                history[t + 1] = {name}({read})
            return (history[1:] - targets).pow(2).mean()
    """)


def test_what_indices_pick_is_written_back() -> None:
    check("""
        def margin_loss(logits, y):
            table = torch.exp(logits)
            table[torch.arange(len(y)), y] -= 0.2  # want CR501 "`exp`"
            return F.cross_entropy(table, y)

        def masked_loss(logits, y):
            table = torch.sigmoid(logits)
            table[y > 0] *= 2.0  # want CR501 "`sigmoid`"
            return table.mean()

        def free_loss(logits, y):
            table = logits * 3.0
            table[torch.arange(len(y)), y] -= 0.2
            return F.cross_entropy(table, y)
    """)


def test_edits_in_methods_that_different_arms_call() -> None:
    check("""
        class Combine(nn.Module):
            def __init__(self):
                super().__init__()
                self.auto, self.point = nn.Linear(4, 3), nn.Linear(4, 3)
                self.share = nn.Parameter(torch.ones(3))

            def soft(self, table, points, rows):
                table[rows] += self.share * points
                return table

            def hard(self, table, points, rows):
                points[rows] = -1.0
                return table + points

            def loss(self, x, y, rows, patch):
                table, points = self.auto(x) * 1.0, self.point(x) * 1.0
                if patch is None:
                    table = self.soft(table, points, rows)
                else:
                    table = self.hard(table, points, rows)
                return F.cross_entropy(table, y)

        class Both(nn.Module):
            def __init__(self):
                super().__init__()
                self.point = nn.Linear(4, 3)
                self.share = nn.Parameter(torch.ones(3))

            def soft(self, points, rows):
                return self.share * points

            def loss(self, x, y, rows):
                points = self.point(x) * 1.0
                table = self.soft(points, rows)
                points[rows] = -1.0  # want CR501
                return F.cross_entropy(table + points, y)
    """)


def test_views_that_are_made_together() -> None:
    check("""
        def halves_loss(pred, y):
            x = pred * 2
            a, b = x.chunk(2, dim=-1)
            a += 1.0  # want CR501 "several views"
            return (a * b - y).mean()

        def rows_loss(pred, y):
            out = torch.zeros(4, 4)
            for row, part in zip(out, pred):
                row[:2].copy_(part[:2])  # want CR501 "several views"
            return (out - y).square().mean()

        def first_loss(pred, y):
            x = pred * 2
            x.split(2, dim=-1)[0].clamp_(min=0)  # want CR501 "several views"
            return (x - y).square().mean()

        def single_loss(pred, y):
            x = pred * 2
            x[0].add_(1.0)
            x[:, :2] += 1.0
            out = torch.zeros(4, 4)
            for i, part in enumerate(pred):
                out[i, :2].copy_(part[:2])
            for row in out.detach():
                row.zero_()
            return (x + out - y).square().mean()

        def listed_loss(preds, y):
            total = torch.zeros(())
            for pred in [p * 2 for p in preds]:
                pred.add_(1.0)
                total = total + F.mse_loss(pred, y)
            return total
    """)


def test_what_lerp_reads_for_the_gradient_of_a_weight_alone() -> None:
    check("""
        class Path:
            def __init__(self, decay=0.01):
                self.mean, self.decay = torch.zeros([]), decay

            def path_loss(self, lengths):
                mean = self.mean.lerp(lengths.mean(), self.decay)
                self.mean.copy_(mean.detach())
                return (lengths - mean).square().mean()

        def blended_loss(pred, other):
            base = 2 * pred
            mixed = base.lerp(other, pred.sigmoid())
            base.mul_(0.5)  # want CR501
            return mixed.square().mean()
    """)
