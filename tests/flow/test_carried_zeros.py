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
