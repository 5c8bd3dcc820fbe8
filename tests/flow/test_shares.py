"""Shares of what there may be nothing of: recalls, cosines of what a relu leaves, means by a root."""

from __future__ import annotations

from flow.checking import check


def test_how_much_is_found_of_a_class_that_does_not_occur() -> None:
    check("""
        def recall_loss(pred, target):
            p = torch.sigmoid(pred)
            found = (p * target).sum(0) / target.sum(0)  # want CR304 "counts elements"
            return 1 - found.mean()

        def image_loss(pred, labels):
            hits = (pred.sigmoid() * labels.float()).sum(dim=(2, 3))
            return 1 - (hits / labels.float().sum(dim=(2, 3))).mean()  # want CR304 "counts elements"
    """)


def test_weighted_means_and_guarded_recalls() -> None:
    check("""
        def smooth_loss(pred, target):
            p = torch.sigmoid(pred)
            return 1 - ((p * target).sum(0) / target.sum(0).clamp(min=1)).mean()

        def shared_loss(pred, target):
            return -((torch.log_softmax(pred, 1) * target).sum(1) / target.sum(1)).mean()

        def weighted_loss(pred, target, weights, valid_mask):
            errors = (pred - target).square()
            mean = (errors * weights).sum(0) / weights.sum(0)
            return (mean + (errors * valid_mask).sum(0) / valid_mask.sum(0)).mean()

        def relative_loss(pred, target):
            return ((pred - target).abs().sum(0) / target.sum(0)).mean()
    """)


def test_a_cosine_of_what_a_relu_leaves() -> None:
    check("""
        def match_loss(pred, target):
            u = F.relu(pred)
            cosine = (u * target).sum(-1) / (u.norm(dim=-1) * target.norm(dim=-1))  # want CR304 "loss is NaN"
            return 1 - cosine.mean()

        def soft_loss(pred, target):
            u = F.softplus(pred)
            return 1 - ((u * target).sum(-1) / (u.norm(dim=-1) * target.norm(dim=-1))).mean()
    """)


def test_a_root_by_how_many_there_are() -> None:
    check("""
        def geometric_loss(pred, target):
            parts = [pred[:, i].clamp(min=0) for i in range(pred.shape[1])]
            product = torch.stack(parts).prod(0)
            return F.mse_loss(product ** (1 / len(parts)), target)  # want CR307 "infinite at 0"

        def order_loss(pred, target, order):
            return F.mse_loss(pred.abs().sum(1).pow(1.0 / order), target)  # want CR307

        def positive_loss(pred, target):
            count = pred.shape[1]
            return F.mse_loss(pred.exp().prod(1) ** (1 / count), target)
    """)


def test_a_number_and_what_is_learnt_are_a_loss() -> None:
    check("""
        class Plan(nn.Module):
            def __init__(self, window=50.0, limit=10.0):
                super().__init__()
                self.weights = nn.Parameter(torch.ones(4))
                self.window = nn.Parameter(torch.tensor(window))
                self.limit = limit

            def objective(self, parts, wanted):
                dose = parts @ self.weights.abs()
                width = torch.clamp(self.window, 0.1, self.limit)  # want CR202 "starts beyond the bound"
                return ((dose - wanted) / width).square().mean() + torch.log(width)
    """)


def test_means_over_what_is_selected_of_a_class() -> None:
    check("""
        def selected_loss(pred, target):
            errors = F.mse_loss(pred, target, reduction="none")
            chosen = target == 1
            return errors[chosen].sum() / chosen.sum()  # want CR304 "the loss is 0/0"

        def masked_loss(pred, target):
            errors = F.mse_loss(pred, target, reduction="none")
            chosen = (target == 1).float()
            return (errors * chosen).sum() / chosen.sum()  # want CR304 "gradient of `pred` can become NaN"
    """)


def test_a_number_over_what_a_relu_leaves() -> None:
    check("""
        def depth_loss(pred, target):
            depth = 1.0 / F.relu(pred)  # want CR304 "the loss is inf or NaN there"
            return (depth - target).abs().mean()

        def capped_loss(pred, target):
            depth = (1.0 / F.relu(pred)).clamp(max=80.0)
            return (depth - target).abs().mean()

        def near_loss(pred, target):
            disparity = F.relu(pred)
            depth = torch.where(disparity > 0, 1.0 / disparity, torch.zeros_like(pred))
            return (torch.atan(1.0 / disparity) + depth - target).abs().mean()
    """)
