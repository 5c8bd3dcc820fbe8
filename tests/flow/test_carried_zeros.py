"""A value that can be exactly 0, carried through other operators to where a derivative is infinite."""

from __future__ import annotations

from tests.flow.checking import check


def test_through_operators_that_keep_zero() -> None:
    check("""
        def through_a_curve(pred, target):
            error = torch.log1p((pred - target) ** 2)
            return torch.sqrt(error).mean()  # want CR301

        def through_several(pred, target):
            gap = torch.tanh((pred - target).abs()).mean(dim=1)
            return torch.log10(F.dropout(gap)).sum()  # want CR305

        def through_a_buffer(pred, target):
            rows = torch.zeros(4)
            for i in range(4):
                rows[i] = ((pred[i] - target[i]) ** 2).sum()
            return rows.sqrt().mean()  # want CR301

        def through_a_pool(pred, target):
            error = F.avg_pool1d(F.smooth_l1_loss(pred, target, reduction="none"), 2)
            return (error ** 0.25).mean()  # want CR307

        def through_a_layer(pred, target):
            spread = nn.Identity()(pred.amax(1) - pred.amin(1))
            return torch.log(spread).mean()  # want CR305

        def scaled(pred, target):
            share = torch.expm1(torch.sigmoid(pred))
            return -torch.log(3.0 * torch.sigmoid(target) * share).mean()  # want CR305

        def shifted(pred, target):
            return torch.log(torch.tanh(pred) + 1).mean()  # want CR305 "saturated"

        def inner(pred, target):
            return torch.einsum("ij,ij->i", pred - target, pred - target).clone().log().sum()  # want CR305
    """)


def test_what_cannot_be_zero_there() -> None:
    check("""
        def shifted(pred, target):
            error = torch.log1p((pred - target) ** 2 + 1e-6)
            return torch.sqrt(torch.tanh(error)).mean()

        def shut_off(pred, target):
            return torch.sqrt(torch.tanh(F.relu(pred - target))).mean()

        def chosen(pred, target):
            low = torch.where(pred > 0, pred, torch.zeros_like(pred))
            return low.pow(0.3).mean()

        def replaced(pred, target):
            gap = torch.where((pred - target).abs() > 1e-3, (pred - target).abs(), torch.ones_like(pred))
            return gap.sqrt().mean() + gap.log().mean()

        def filled(pred, target):
            rows = torch.zeros(4)
            for i in range(4):
                rows[i] = ((pred[i] - target[i]) ** 2).sum() + 1e-6
            return rows.sqrt().mean()

        def largest(pred, target):
            confidence = F.softmax(pred, dim=1).max(dim=1).values
            return -torch.log(confidence).mean() + torch.softmax(pred, 1).pow(2).sum(1).sqrt().mean()

        def two_at_once(pred, target):
            return torch.log(torch.sigmoid(pred) + torch.sigmoid(-pred.clone())).mean()
    """)


def test_divisors_that_are_zero_with_a_difference() -> None:
    check("""
        def angle(one, other):
            return (one * other).sum(-1) / (one.norm(dim=-1) * other.norm(dim=-1))

        def angle_loss(points, pairs, mask, wanted):
            one = points[pairs[:, 0]] - points[pairs[:, 2]]
            other = points[pairs[:, 1]] - points[pairs[:, 2]]
            lengths = one.norm(dim=-1) * other.norm(dim=-1)
            found = (one * other).sum(-1) / lengths  # want CR304 "length of a difference"
            return torch.where(mask, found - wanted, 0.0).square().sum()

        def correlation_loss(pred, target):
            p = pred - pred.mean(dim=1, keepdim=True)
            t = target - target.mean(dim=1, keepdim=True)
            return 1 - ((p * t).sum(1) / (p.norm(dim=1) * t.norm(dim=1))).mean()  # want CR304

        def inverse_loss(pred, target):
            return 1 / F.mse_loss(pred, target)  # want CR304 "prediction is right"

        def kernel_loss(x, points, values, target):
            weights = torch.exp(-((x[:, None] - points[None]) ** 2).sum(-1) / 0.01)
            guess = (weights * values).sum(1) / weights.sum(1)  # want CR304 "underflow"
            return F.mse_loss(guess, target)

        class Mix(nn.Module):
            def __init__(self):
                super().__init__()
                self.amounts = nn.Parameter(torch.randn(3, 3))

            def loss(self, colours, known, photo):
                used = self.amounts.exp() * known
                shares = used / used.sum(dim=-1, keepdim=True)  # want CR302
                return F.mse_loss((shares @ colours).nan_to_num(), photo)
    """)


def test_divisors_that_are_kept_from_zero() -> None:
    check("""
        def angle_loss(points, pairs, mask, wanted):
            one = points[pairs[:, 0]] - points[pairs[:, 2]]
            other = points[pairs[:, 1]] - points[pairs[:, 2]]
            length = (one.norm(dim=-1) * other.norm(dim=-1)).clamp(min=1e-6)
            return torch.where(mask, (one * other).sum(-1) / length - wanted, 0.0).square().sum()

        def cosine_loss(pred, target):
            return 1 - ((pred * target).sum(1) / (pred.norm(dim=1) * target.norm(dim=1))).mean()

        def inverse_loss(pred, target):
            return 1 / (F.mse_loss(pred, target) + 1e-6)

        def kernel_loss(x, points, values, target):
            weights = torch.exp(-((x[:, None] - points[None]) ** 2).sum(-1) / 0.01)
            return F.mse_loss((weights * values).sum(1) / (weights.sum(1) + 1e-9), target)

        def energy_loss(position, box):
            gap = position[1:] - position[:-1]
            return (1 / (gap - box * torch.round(gap / box)).pow(2).sum(-1)).sum()
    """)


def test_own_logarithms_of_sums() -> None:
    check("""
        def cox_loss(log_hazard, time, event):
            order = torch.argsort(time, descending=True)
            log_hazard, event = log_hazard[order], event[order]
            risk_set = log_hazard.exp().cumsum(0)
            return -((log_hazard - torch.log(risk_set)) * event).sum() / event.sum()  # want CR305 "overflow"

        def contrast_loss(similarity, target):
            return (torch.log(torch.exp(similarity).sum(1)) - (similarity * target).sum(1)).mean()
    """)
