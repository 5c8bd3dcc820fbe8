"""A value without gradient over, or minus, a reduction of what it was made of: only that is trained."""

from __future__ import annotations

from flow.checking import check


def test_hard_numerators() -> None:
    check("""
        class DiceLoss(nn.Module):
            def forward(self, pred, target):
                hit = ((pred > 0.5).float() * target).sum()  # want CR103 "pred.* through this term|this term"
                return 1 - 2 * hit / (pred.sum() + target.sum() + 1)

        def sparsity_loss(x):
            return x.round().abs().sum() / x.norm()  # want CR201 "x"

        def centred_loss(estimate, target):
            array = estimate.detach().cpu().numpy()  # want CR101 "estimate"
            centred = torch.from_numpy(array) - estimate.mean()
            return (centred - target).square().mean()
    """)


def test_what_is_meant_beside_a_reduction() -> None:
    check("""
        def dice_loss(pred, target):
            return 1 - 2 * (pred * target).sum() / (pred.sum() + target.sum() + 1)

        def scaled_loss(pred, target):
            error = (pred - target).abs()
            return (error / error.mean().detach()).sum() + error.detach().max() / error.sum()

        def integer_loss(weight):
            return (weight.round() - weight).square().mean()

        def masked_loss(pred, target):
            kept = (pred > 0.1).float()
            return ((pred - target).abs() * kept).sum() / kept.sum().clamp(min=1)

        def balance_loss(gates):
            return (F.one_hot(gates.argmax(-1), 4).float().mean(0) * gates.mean(0)).sum()

        def labelled_loss(scores, labels):
            return (labels == 1).float().sum() / scores.sum()
    """)
