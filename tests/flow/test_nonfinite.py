"""CR3xx: NaN or infinity for values that the loss must accept."""

from __future__ import annotations

from flow.checking import check


def test_a_distance_by_hand() -> None:
    check("""
        def distance(a, b):
            return ((a - b) ** 2).sum(dim=1) ** 0.5  # want CR301 "infinite at 0.*`pred`"

        def point_loss(pred, target):
            return distance(pred, target).mean()
    """)


def test_guards_of_a_root() -> None:
    check("""
        def point_loss(pred, target, eps=1e-8):
            squares = ((pred - target) ** 2).sum(dim=1)
            smooth = torch.sqrt(squares + 1e-12) + torch.sqrt(squares.clamp(min=1e-12))
            return (smooth + torch.linalg.vector_norm(pred - target, dim=1)).mean()
    """)


def test_where_around_a_logarithm() -> None:
    check("""
        def entropy_loss(prob):
            logs = torch.log(prob)  # want CR302 "computed where it is not used"
            return -torch.where(prob > 0, prob * logs, torch.zeros_like(prob)).sum()
    """)


def test_where_inside_of_it() -> None:
    check("""
        def entropy_loss(prob):
            safe = torch.where(prob > 0, prob, torch.ones_like(prob))
            return -torch.where(prob > 0, prob * torch.log(safe), torch.zeros_like(prob)).sum()
    """)


def test_an_overflow_that_is_clamped() -> None:
    check("""
        def scale_loss(pred, target):
            scale = torch.exp(pred).clamp(max=100.0)  # want CR302 "overflows to inf"
            return (scale - target).abs().mean()
    """)


def test_nan_that_is_replaced() -> None:
    check("""
        def ratio_loss(pred, target):
            ratio = target / pred  # want CR302 "repairs the value and not the derivative"
            return torch.nan_to_num(ratio).mean()
    """)


def test_an_angle() -> None:
    check("""
        def angle_loss(pred, target):
            cosine = F.cosine_similarity(pred, target, dim=1)
            return cosine.acos().mean()  # want CR303 "`acos` is infinite"
    """)


def test_a_count_of_predictions() -> None:
    check("""
        def confident_loss(pred, target):
            chosen = pred > 0.9
            return ((pred - target) ** 2 * chosen).sum() / chosen.sum()  # want CR304 "0 where there are none"
    """)


def test_a_count_that_is_asked_first() -> None:
    check("""
        def confident_loss(pred, target):
            chosen = pred > 0.9
            error = ((pred - target) ** 2 * chosen).sum()
            return error / chosen.sum().clamp(min=1)
    """)


def test_a_logarithm_of_a_softmax() -> None:
    check("""
        def soft_loss(logits, target):
            prob = logits.softmax(dim=1)
            return -(target * prob.log()).sum(dim=1).mean()  # want CR305 "exactly 0"
    """)


def test_the_spread_of_a_selection() -> None:
    check("""
        def spread_loss(pred, target):
            return pred[target == 1].std()  # want CR306 "single value"
    """)


def test_the_spread_of_a_population() -> None:
    check("""
        def spread_loss(pred, target):
            return pred[target == 1].std(unbiased=False)
    """)


def test_a_fractional_power() -> None:
    check("""
        def robust_loss(pred, target):
            return (pred - target).abs().pow(0.75).mean()  # want CR307 "power below 1"
    """)
