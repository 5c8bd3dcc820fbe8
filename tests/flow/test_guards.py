"""What a guard asks about: values seen through views, holes that were filled before, labels that choose."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    ("total", "share", "empty"),
    [
        ("amounts.sum(dim=1, keepdim=True)", "amounts / total", "total.squeeze(1) == 0"),
        ("amounts.sum(dim=1, keepdim=True)", "amounts / total", "total[:, 0] == 0"),
        ("amounts.sum(1)", "amounts / total[:, None]", "total == 0"),
        ("amounts.sum(1)", "amounts / total.unsqueeze(1)", "total == 0"),
    ],
)
def test_a_guard_asks_through_a_view(total: str, share: str, empty: str) -> None:
    check(f"""
        def mixture_loss(amounts, wanted):
            total = {total}
            share = {share}  # want CR302 "computed where it is not used"
            gap = (share - wanted).abs().sum(dim=1)
            return gap.masked_fill({empty}, 0.0).mean()
    """)


def test_what_fills_a_divisor_where_it_is_empty() -> None:
    check("""
        def mixture_loss(amounts, wanted):
            total = amounts.sum(dim=1, keepdim=True)
            none = total.squeeze(1) == 0
            share = amounts / (total + none[:, None].float())
            gap = (share - wanted).abs().sum(dim=1)
            return torch.where(none, torch.zeros_like(gap), gap).mean()
    """)


@pytest.mark.parametrize("filled", ["depth.masked_fill(holes, 0.0)", "torch.nan_to_num(depth)"])
def test_holes_that_are_filled_first(filled: str) -> None:
    check(f"""
        def sparse_loss(pred, depth):
            holes = torch.isnan(depth)
            depth = {filled}
            square = (pred - depth) ** 2
            return square.masked_fill(holes, 0.0).sum() / (~holes).sum()
    """)


def test_a_saturated_probability_of_either_label() -> None:
    check("""
        def focal_loss(logits, y, gamma=2.0):
            p = torch.sigmoid(logits)
            pt = y * p + (1 - y) * (1 - p)
            return -((1 - pt) ** gamma * torch.log(pt)).mean()  # want CR305 "saturated probability"
    """)


def test_a_padded_probability_of_either_label() -> None:
    check("""
        def focal_loss(logits, y, gamma=2.0):
            p = torch.sigmoid(logits)
            pt = y * p + (1 - y) * (1 - p)
            return -((1 - pt) ** gamma * torch.log(pt + 1e-8)).mean()
    """)


def test_a_mixture_of_two_probabilities() -> None:
    check("""
        def mixture_loss(logits, other, share):
            p, q = torch.sigmoid(logits), torch.sigmoid(other)
            return -torch.log(share * p + (1 - share) * q).mean()
    """)


def test_a_saturated_probability_behind_a_one_hot() -> None:
    check("""
        def focal_loss(logits, target):
            probs = torch.softmax(logits, dim=-1)
            pt = (probs * F.one_hot(target, 10).float()).sum(-1)
            return ((1 - pt) ** 2 * -torch.log(pt)).mean()  # want CR305 "saturated probability"
    """)


@pytest.mark.parametrize(
    "ending",
    [
        "return loss if loss.item() < 100.0 else loss.sqrt()",
        "return loss.sqrt() if loss > 100 else loss",
        "return out.sum() if float(loss) == 0.0 else loss ** 0.5",
    ],
)
def test_an_if_that_asks_about_the_value(ending: str) -> None:
    check(f"""
        def capped_loss(out, target):
            loss = F.mse_loss(out, target)
            {ending}
    """)


def test_an_if_that_asks_and_goes_on() -> None:
    check("""
        def summed_loss(out, target):
            total = out.sum()
            for one, other in zip(out, target):
                square = ((one - other) ** 2).sum()
                if square < 1e-12:
                    continue
                total = total + square.sqrt()
            return total
    """)


def test_an_if_that_keeps_the_small_values() -> None:
    check("""
        def capped_loss(out, target, near=1.0):
            square = (out - target).pow(2).sum()
            if square < near:
                return torch.sqrt(square)  # want CR301 "infinite at 0"
            return square
    """)


@pytest.mark.parametrize(
    "bands", ["power.unfold(-1, 4, 4).sum(-1)", "F.avg_pool1d(power, 4)", "power @ torch.ones(8, 3)"]
)
def test_what_stays_zero_of_a_silence(bands: str) -> None:
    check(f"""
        def envelope_loss(pred, target):
            power = pred.square()
            bands = {bands}
            return (bands.sqrt() - target).abs().mean()  # want CR301 "infinite at 0"
    """)


def test_a_relu_under_a_root_beside_what_learns() -> None:
    check("""
        def contrast_loss(pred, target):
            share = torch.relu(pred * target) / (pred.var() + 1e-4)
            return (1 - share ** 0.3).mean()  # want CR307 "infinite"

        def scaled_loss(pred, target):
            share = torch.relu(pred) / 3.0
            return (share.sqrt() - target).abs().mean()
    """)


def test_a_count_of_booleans_is_no_boolean() -> None:
    check("""
        def chosen_loss(pred, target):
            sure = pred > 0.9
            count = sure.sum(dim=1).clamp(min=1)
            return (((pred - target) ** 2 * sure).sum(dim=1) / count).mean()

        def bare_loss(pred, target):
            sure = pred > 0.9
            error = ((pred - target) ** 2 * sure).sum(dim=1)
            return (error / sure.sum(dim=1)).mean()  # want CR304 "counts elements"
    """)


def test_a_root_of_a_product_with_what_was_clamped() -> None:
    check("""
        def overlap_loss(pred, target):
            return -torch.sqrt(pred.clamp(min=0) * target).sum()  # want CR301 "infinite at 0"

        def kept_loss(pred, target):
            return -torch.sqrt(pred.clamp(min=1e-6) * target).sum()
    """)


def test_a_guard_of_a_shifted_value() -> None:
    check("""
        def ratio_loss(scores, inside):
            logs = torch.log(scores - 1.0)  # want CR302 "computed where it is not used"
            return (logs.masked_fill(scores <= 1.0, 0.0) * inside).sum() / inside.sum()

        def pole_loss(freq, weight):
            gain = 1 / (freq - 2.0)  # want CR302 "computed where it is not used"
            return (torch.where(freq == 2.0, torch.zeros_like(gain), gain) * weight).mean()
    """)


def test_a_shifted_value_that_is_replaced_or_chosen_first() -> None:
    check("""
        def tail_loss(pred, weight):
            below = pred < 1
            safe = torch.where(below, 1 - pred, torch.ones_like(pred))
            return -(torch.where(below, safe.log(), 0.0) * weight).mean()

        def pole_loss(freq, weight):
            off = freq[freq != 2.0]
            return (1 / (off - 2.0)).abs().mean() * weight.mean()

        def step_loss(pred, weight):
            return (torch.where(pred > 1.0, (pred - 1.0) ** 2, torch.zeros_like(pred)) * weight).mean()
    """)


def test_a_conjunction_that_guards_a_bent_quotient() -> None:
    check("""
        def box_loss(pred, goal):
            x1, y1, x2, y2 = pred.unbind(1)
            ratio = torch.atan((x2 - x1) / (y2 - y1))  # want CR302 "computed where it is not used"
            loss = (ratio - goal) ** 2
            return torch.where((y2 > y1) & (x2 > x1), loss, torch.zeros_like(loss)).mean()

        def guarded_loss(pred, goal):
            x1, y1, x2, y2 = pred.unbind(1)
            valid = (y2 > y1) & (x2 > x1)
            ratio = torch.atan((x2 - x1) / torch.where(valid, y2 - y1, torch.ones_like(y1)))
            loss = (ratio - goal) ** 2
            return torch.where(valid, loss, torch.zeros_like(loss)).mean()
    """)


def test_terms_that_are_asked_whether_they_are_finite() -> None:
    check("""
        def parts_loss(pred, target, weight):
            share = (pred * weight).sum() / weight.sum()  # want CR302 "repairs the value"
            terms = torch.stack([(pred - target).abs().mean(), share])
            return terms[torch.isfinite(terms)].sum()

        def kept_loss(pred, target, weight):
            share = (pred * weight).sum() / weight.sum().clamp(min=1e-6)
            terms = torch.stack([(pred - target).abs().mean(), share])
            return terms[torch.isfinite(terms)].sum()
    """)


def test_squares_that_are_added_up_by_place() -> None:
    check("""
        def segment_loss(pred, place):
            energy = torch.zeros(2).scatter_add(0, place, pred.square().sum(1))
            return torch.sqrt(energy).sum() + torch.sqrt(energy + 1e-6).sum()  # want CR301 "infinite at 0"
    """)


def test_a_learnt_power_and_its_inverse() -> None:
    check("""
        class Pool(nn.Module):
            def __init__(self):
                super().__init__()
                self.p = nn.Parameter(torch.tensor(3.0))

            def loss(self, x, target):
                pooled = F.relu(x).pow(self.p).mean(-1).pow(1.0 / self.p)  # want CR307 "infinite"
                return F.mse_loss(pooled, target)

            def kept_loss(self, x, target):
                pooled = F.relu(x).clamp(min=1e-6).pow(self.p).mean(-1).pow(1.0 / self.p)
                return F.mse_loss(pooled, target)
    """)


def test_the_end_of_log1p() -> None:
    check("""
        def disc_loss(pred, radius):
            offset = (pred / radius) ** 2
            inside = offset < 1
            return -torch.where(inside, torch.log1p(-offset), torch.zeros_like(offset)).mean()  # want CR302

        def small_loss(pred):
            return torch.where(pred < 1, torch.log1p(-pred.clamp(max=0.5)), pred).mean()

        def hinted_loss(pred):
            return torch.where(pred < 1, torch.log1p(pred.abs()), pred.square()).mean()
    """)


def test_a_branch_on_the_value_that_is_scaled_in_it() -> None:
    check("""
        def robust_loss(residual, delta=0.5):
            size = residual.abs()
            far = delta * torch.log(size / delta)  # want CR302 "computed where it is not used"
            return torch.where(size < delta, 0.5 * size ** 2, far).mean()
    """)


def test_what_a_mask_beside_another_lets_through() -> None:
    check("""
        def normal_loss(pred, gt, mask):
            cosine = F.cosine_similarity(pred, gt, dim=1)
            inner = mask & (cosine.detach() < 0.999) & (cosine.detach() > -0.999)
            return torch.acos(cosine[inner]).mean()
    """)


def test_a_bound_after_a_formula_of_what_overflows() -> None:
    check("""
        def kl_loss(mean, logstd):
            var = torch.exp(2 * logstd)  # want CR302 "overflows to inf"
            kl = 0.5 * (var + mean ** 2 - 1) - logstd
            return torch.clamp(kl, max=100.0).mean()

        def free_bits_loss(mean, logstd):
            kl = 0.5 * (torch.exp(2 * logstd) + mean ** 2 - 1) - logstd
            return torch.clamp(kl, min=0.5).mean()

        def ratio_loss(logp, reference):
            gap = reference - logp
            return torch.clamp(torch.exp(gap) - gap - 1, max=10.0).mean()
    """)


def test_the_smaller_of_two_products_is_no_bound() -> None:
    check("""
        def surrogate_loss(logits, advantages):
            ratio = torch.exp(logits.sum(-1))
            clipped = torch.clamp(ratio, 0.8, 1.2)
            return -torch.min(ratio * advantages, clipped * advantages).mean()
    """)
