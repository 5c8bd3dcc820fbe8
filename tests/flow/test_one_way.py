"""Branches on which one source is lost while another is trained."""

from __future__ import annotations

from flow.checking import check


def test_a_side_of_a_conditional_expression() -> None:
    check("""
        def mcclure_loss(img1, img2, output_dtype):
            diff = img1.float() - img2.float() if output_dtype in HALVES else (
                img1.round() - img2)  # want CR201 "img1.* zero where this branch is taken"
            return (2 * diff / (diff + 4)).mean()
    """)


def test_a_device() -> None:
    check("""
        class SharpLoss(nn.Module):
            def compare(self, img1, img2):
                return F.l1_loss(img1, img2)

            def forward(self, img1, img2):
                if img1.device.type == "cpu":
                    return self.compare(torch.from_numpy(img1.detach().numpy()), img2)  # want CR101 "img1"
                return self.compare(img1, img2)
    """)


def test_a_mask_that_may_be_given() -> None:
    check("""
        def dice_loss(pred, target, mask, weight):
            soft = pred.softmax(1)
            if mask is not None:
                soft = torch.sign(soft) * mask  # want CR201 "pred.* where this branch is taken"
            return 1 - (soft * target).sum() / (soft + target).sum() + weight.sum()
    """)


def test_what_only_other_kinds_of_values_meet() -> None:
    check("""
        def image_loss(img1, img2):
            if img1.dtype == torch.uint8:
                img1 = img1.round()
            return (img1 - img2).abs().mean()

        def class_loss(logits, target, smooth):
            wanted = target.argmax(1) if target.ndim > 1 else target
            return F.cross_entropy(logits, wanted) + 0.0 * smooth.mean()

        def labelled_loss(scores, found, wanted):
            if found.ndim > 1:
                found = found.argmax(1)
            return F.cross_entropy(scores, found) + F.mse_loss(scores.sum(1), wanted)

        def heads_loss(scores, masks, kind, decode):
            count = scores.new_tensor([float(scores.argmax(-1).sum())])
            if kind == "mask":
                loss = decode(masks, 1, avg_factor=count)
            else:
                loss = decode(scores, 1)
            return loss

        class Distil(nn.Module):
            def __init__(self):
                super().__init__()
                self.teacher, self.student = nn.Linear(4, 3), nn.Linear(4, 3)

            def loss(self, x, y, hard):
                t, s = self.teacher(x), self.student(x)
                wanted = t.argmax(-1) if hard else t.softmax(-1)
                return F.cross_entropy(s, wanted) + F.cross_entropy(s, y)

        class RoundedLoss(nn.Module):
            def __init__(self, hard=False):
                super().__init__()
                self.hard = hard

            def forward(self, left, right):
                code = left.round() if self.hard else left
                return (code - right).abs().mean()
    """)
