"""CR1xx, on every way that a value can take through a program."""

from __future__ import annotations

from chainrule import analyze
from chainrule.findings import Severity
from flow.checking import check


def test_a_helper() -> None:
    check("""
        def frozen(values):
            return values.detach()  # want CR101 "no gradient reaches `pred`"

        def pixel_loss(pred, target):
            return F.mse_loss(frozen(pred), target)
    """)


def test_a_method() -> None:
    check("""
        class DiceLoss(nn.Module):
            def binary(self, values):
                return (values > 0.5).float()  # want CR103 "`values > 0.5` is true or false.*`pred`"

            def forward(self, pred, target):
                return 1 - (self.binary(pred) * target).mean()
    """)


def test_an_attribute() -> None:
    check("""
        class ScaledLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = nn.Parameter(torch.ones(3))

            def forward(self, pred, target):
                self.weight = self.scale.data  # want CR101 "`self.scale.data` has the values"
                return (self.weight * (pred - target) ** 2).mean()
    """)


def test_a_closure() -> None:
    check("""
        def rank_loss(pred, target):
            order = pred.argsort()  # want CR104 "`pred.argsort..` is an index"

            def error():
                return (order - target).float().abs().mean()

            return error()
    """)


def test_a_comprehension() -> None:
    check("""
        def total_loss(pred, target):
            errors = [(p.item() - t) ** 2 for p, t in zip(pred, target)]  # want CR105 "plain Python number"
            return torch.tensor(sum(errors))
    """)


def test_a_dictionary_and_a_loop() -> None:
    check("""
        def multi_loss(preds, target):
            terms = {"sum": 0.0}
            for pred in preds:
                terms["sum"] = terms["sum"] + (pred.long() - target).sum()  # want CR108 "integer dtype"
            return terms["sum"]
    """)


def test_both_branches() -> None:
    check("""
        def mode_loss(pred, target, hard=True):
            if hard:
                guess = pred.argmax(dim=1)  # want CR104
            else:
                guess = pred.topk(2).indices[:, 0]  # want CR104 "indices that `pred.topk"
            return (guess - target).float().abs().mean()
    """)


def test_a_with_block() -> None:
    check("""
        def loss(model, images, target):
            with torch.inference_mode():  # want CR102 "switches gradients off.*`model`"
                pred = model(images)
            return F.mse_loss(pred, target)
    """)


def test_a_decorator() -> None:
    check("""
        @torch.no_grad()  # want CR102 "whole function"
        def pixel_loss(pred, target):
            return F.mse_loss(pred, target)
    """)


def test_a_partial_and_a_lambda() -> None:
    check("""
        from functools import partial

        def power(values, exponent):
            return torch.tensor(values.tolist()) ** exponent  # want CR105 "plain Python numbers"

        square = partial(power, exponent=2)
        distance = lambda a, b: square(a) - b

        def power_loss(pred, target):
            return distance(pred, target).mean()
    """)


def test_a_dataclass() -> None:
    check("""
        from dataclasses import dataclass

        @dataclass
        class Batch:
            pred: torch.Tensor
            target: torch.Tensor

        def batch_loss(pred, target):
            batch = Batch(pred.detach(), target)  # want CR101
            return F.mse_loss(batch.pred, batch.target)
    """)


def test_a_property() -> None:
    check("""
        class PriorLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = nn.Parameter(torch.ones(3))

            @property
            def weight(self):
                return nn.Parameter(self.scale * 2)  # want CR110 "a new leaf.*`self.scale`"

            def forward(self, pred, target):
                return (self.weight * (pred - target) ** 2).mean()
    """)


def test_a_generator() -> None:
    check("""
        def errors(preds, targets):
            for pred, target in zip(preds, targets):
                yield F.mse_loss(pred, target)

        def total_loss(preds, targets):
            return torch.tensor(list(errors(preds, targets))).sum()  # want CR107 "`torch.tensor` copies"
    """)


def test_a_walrus() -> None:
    check("""
        def hit_loss(pred, target):
            if (hits := (pred > target).float()).numel() > 0:  # want CR103 "`pred > target`"
                return 1 - hits.mean()
            return hits.sum()
    """)


def test_a_match() -> None:
    check("""
        def reduced_loss(pred, target, reduction):
            error = (pred.int() - target).abs()  # want CR108
            match reduction:
                case "mean":
                    return error.float().mean()
                case _:
                    return error.sum()
    """)


def test_a_try() -> None:
    check("""
        import numpy as np

        def stable_loss(pred, target):
            try:
                error = np.abs(pred - target)  # want CR106 "raises where `pred` requires grad"
            except ValueError:
                raise
            return error.mean()
    """)


def test_a_dtype_that_is_taken_over() -> None:
    check("""
        def rating_loss(pred, rating):
            return ((pred.type_as(rating) - rating).float() ** 2).mean()  # want CR108 "that holds integers"
    """)


def test_a_count() -> None:
    check("""
        def usage_loss(logits):
            used = torch.bincount(logits.argmax(dim=1), minlength=4)  # want CR104
            return used.float().var()
    """)


def test_a_term_that_trains_nothing() -> None:
    check("""
        def joint_loss(pred, target):
            hits = (pred > 0.5).float().mean()  # want CR103 "this term .* no gradient to `pred`"
            return F.mse_loss(pred, target) + hits
    """)


def test_a_lost_term_is_a_warning_and_a_lost_loss_an_error() -> None:
    text = "import torch\n\n\ndef hit_loss(pred):\n    return (pred > 0.5).float().mean(){}\n"
    (alone,) = analyze(text.format("")).findings
    (beside,) = analyze(text.format(" + pred.mean()")).findings
    assert (alone.severity, beside.severity) == (Severity.ERROR, Severity.WARNING)


def test_a_builtin_maximum() -> None:
    check("""
        def margin_loss(pred, margin):
            return max(0.0, margin - pred.sum())  # want CR114 "Python's `max` returns the constant"
    """)


def test_a_branch() -> None:
    check("""
        def step_loss(pred, limit):
            return torch.tensor(1.0) if pred.sum() > limit else torch.tensor(0.0)  # want CR113 "only decides"
    """)


def test_a_sample() -> None:
    check("""
        def latent_loss(mu, target):
            posterior = torch.distributions.Normal(mu, 1.0)
            return F.mse_loss(posterior.sample(), target)  # want CR111 "`posterior.sample` draws"
    """)


def test_annotations_that_say_little() -> None:
    check("""
        from typing import Any

        weights = torch.zeros(3, requires_grad=True)

        def drift_loss(steps: int) -> Any:
            return (weights.detach() * steps).sum()  # want CR101

        def vae_loss(pred: torch.Tensor, target: torch.Tensor) -> tuple[float, float]:
            return (pred.detach() - target).square().mean(), pred.detach().abs().mean()  # want CR101
    """)


def test_the_first_argument_through_numpy() -> None:
    check("""
        import numpy as np

        def channel_loss(symbols, bits):
            rows = symbols.detach().numpy()  # want CR101 "`symbols`"
            received = np.stack([np.convolve(row, [1.0, 0.5], "same") for row in rows])
            return F.binary_cross_entropy_with_logits(torch.tensor(received), bits.double())

        def blend_loss(series, forecast):
            smooth = torch.as_tensor(np.convolve(series.numpy(), np.ones(3) / 3, "same"))
            return F.l1_loss(smooth.float(), forecast)
    """)


def test_a_stop_beside_what_cuts_another_source() -> None:
    check("""
        class Temperature(nn.Module):
            def __init__(self):
                super().__init__()
                self.log_alpha = nn.Parameter(torch.zeros(1))

            def loss(self, log_prob):
                return -(float(self.log_alpha) * (log_prob.detach() + 2.0)).mean()  # want CR105
    """)


def test_a_stop_beside_an_index_in_a_term() -> None:
    check("""
        class Codebook(nn.Module):
            def __init__(self):
                super().__init__()
                self.codes = nn.Embedding(5, 3)

            def loss(self, z, y, idx):
                q = self.codes(idx)
                commit = F.mse_loss(z, q.detach())
                commit = commit + F.mse_loss(q.argsort(-1).float(), z.detach())  # want CR104
                return F.mse_loss(z + (q - z).detach(), y) + 0.25 * commit
    """)


def test_a_stop_in_a_layer_whose_loss_is_cut_behind_it() -> None:
    check("""
        class ActorLoss(nn.Module):
            def __init__(self):
                super().__init__()
                self.actor = nn.Linear(3, 4)
                self.log_alpha = nn.Parameter(torch.zeros(()))

            def loss(self, s):
                score = self.actor(s).sum(-1)
                return (self.log_alpha.exp().detach() * score).mean().sign()  # want CR201
    """)


def test_a_size_of_what_was_chosen() -> None:
    check("""
        class CountLoss(nn.Module):
            def heads(self, density):
                rows = [torch.nonzero(row > 0.5).size(0) * torch.ones(()) for row in density]  # want CR103
                return torch.stack(rows)

            def forward(self, density, count):
                return torch.abs(self.heads(density) - count).mean()

        def peaks_loss(signal, wanted):
            found = signal[signal > 0.8].numel()  # want CR109 "plain number: no gradient reaches `signal`"
            return (found - wanted).abs()

        def kinds_loss(codes):
            kinds = torch.unique(codes)
            return -torch.tensor(float(len(kinds)))  # want CR109 "`codes`"
    """)


def test_a_size_that_divides_a_sum() -> None:
    check("""
        def chosen_loss(pred, target):
            keep = torch.nonzero(target > 0.2).squeeze(1)
            return (pred[keep] - target[keep]).abs().sum() / max(keep.size(0), 1)

        def mean_loss(pred, target):
            sure = (pred - target)[pred > 0.5]
            if sure.numel() == 0:
                return (pred - target).abs().mean()
            return sure.abs().sum() / sure.shape[0]

        def weighted_loss(pred, target):
            share = len(torch.nonzero(target)) / target.numel()
            return share * (pred - target).abs().mean()
    """)


def test_places_where_a_condition_holds() -> None:
    check("""
        def box_loss(mask, box):
            mask = mask.sigmoid()
            ys, xs = torch.where(mask > 0.5)  # want CR103 "`mask`"
            found = torch.stack([xs.min(), ys.min(), xs.max(), ys.max()]).float()
            return F.smooth_l1_loss(found, box)

        def chosen_loss(pred, target):
            rows, columns = torch.where(target > 0.5)
            return (pred[rows, columns] - 1).square().mean()
    """)


def test_a_tokenizer_learns_nothing() -> None:
    check("""
        def reward_loss(logits, tokenizer, references):
            ids = logits.argmax(-1)  # want CR104 "`logits`"
            texts = [tokenizer(row) for row in ids.tolist()]
            return torch.tensor([float(a != b) for a, b in zip(texts, references)]).mean()
    """)


def test_an_array_that_is_filled() -> None:
    check("""
        import numpy as np

        def filled_loss(pred, target):
            errors = np.zeros(len(pred))
            for i in range(len(pred)):
                errors[i] = (pred[i] - target[i]) ** 2  # want CR106 "`pred`"
            return torch.tensor(errors.mean())

        def weighted_loss(pred, target):
            weights = np.ones(3)
            weights[0] = 2.0
            return (torch.from_numpy(weights) * (pred - target) ** 2).mean()
    """)


def test_how_many_different_ones() -> None:
    check("""
        def repeat_penalty(logits):
            tokens = logits.argmax(-1)  # want CR104 "`logits`"
            return torch.tensor([float(len(row) - len(set(row.tolist()))) for row in tokens]).mean()

        def overlap_loss(logits, words):
            guess = logits.argmax(-1).tolist()  # want CR104 "`logits`"
            both = [len(set(g) & set(w)) / len(set(w)) for g, w in zip(guess, words.tolist())]
            return torch.tensor([1 - each for each in both]).mean()

        def missing_loss(logits, words):
            guess = set(logits.argmax(-1).tolist())  # want CR104 "`logits`"
            return torch.tensor(float(len(guess.symmetric_difference(words.tolist()))))

        def spread_loss(pred, groups):
            present = set(groups.tolist())
            return sum(pred[groups == g].sum() for g in present) / len(present)
    """)


def test_an_index_that_is_stopped_on_one_way_only() -> None:
    check("""
        class Picker(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(5, 3)

            def loss(self, x, y):
                picked = self.fc(x).argmax(-1).float()  # want CR104 "self.fc.weight"
                seen = (picked.detach() > 0).float()
                return F.mse_loss(picked * seen, y)
    """)


def test_rounded_and_then_made_integer() -> None:
    check("""
        def warp_loss(flow, image, target):
            rows = (torch.arange(5) + flow).round().long().clamp(0, 4)  # want CR108 "reaches `flow`"
            return F.mse_loss(image[rows], target)

        def stepped_loss(pred, target):
            return F.l1_loss(pred.round(), target)  # want CR201 "exactly zero"
    """)


def test_the_answers_of_torchs_losses() -> None:
    check("""
        def expected(cost):
            levels = torch.arange(cost.shape[1], dtype=cost.dtype)
            return (F.softmax(-cost, dim=1) * levels).sum(1)

        def stereo_loss(cost, disparity):
            est = torch.from_numpy(expected(cost).detach().cpu().numpy())  # want CR101 "`cost`"
            return F.smooth_l1_loss(est, disparity)

        def filled_loss(series, forecast):
            return F.l1_loss(torch.cumsum(series, 0), forecast)

        def shared_loss(code, features):
            return F.mse_loss(code.sum(1), features.detach()) + F.mse_loss(code.mean(1), features)
    """)
    check("""
        def energy_loss(spins, couplings):
            m = torch.tanh(spins)
            return (m @ couplings @ m - m.sum()).detach()  # want CR101
    """)


def test_class_weights_that_are_learned() -> None:
    check("""
        class Weighted(nn.Module):
            def __init__(self):
                super().__init__()
                self.logits = nn.Parameter(torch.zeros(3))

            def forward(self, scores, target):
                weight = self.logits.softmax(0)
                return F.cross_entropy(scores, target, weight=weight)  # want CR112 "the call raises"

            def loss_of_shares(self, scores, target):
                return F.cross_entropy(scores, target.softmax(1), weight=self.logits.exp())
    """)


def test_a_factor_put_together_anew() -> None:
    check("""
        def focal_loss_with_logits(output, target, gamma=2.0):
            logpt = F.binary_cross_entropy_with_logits(output, target, reduction="none")
            focal = torch.tensor([(1 - p) ** gamma for p in torch.exp(-logpt)])  # want CR107 "this term"
            return (focal * logpt).mean()

        def balanced_loss(a, b, y):
            first, second = F.mse_loss(a, y), F.l1_loss(b, y)
            weights = torch.tensor([first, second])
            return (weights / weights.sum() * torch.stack([first, second])).sum()

        def weighted_loss(output, target):
            logpt = F.binary_cross_entropy_with_logits(output, target, reduction="none")
            hard = torch.tensor([1.0 if p > 0.5 else 0.1 for p in logpt.tolist()])
            return (hard * logpt).mean()
    """)
