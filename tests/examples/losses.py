"""Four losses that run, return a number, and do not train as their authors expect."""

import torch
import torch.nn.functional as F


def dice_loss(logits: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Overlap of a predicted and a true segmentation mask."""
    predicted = logits.sigmoid() > 0.5
    overlap = (predicted * mask).sum()
    return 1 - 2 * overlap / (predicted.sum() + mask.sum() + 1)


def keypoint_loss(heatmap: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Distance between the hottest cell and the true one."""
    hottest = heatmap.flatten(1).argmax(dim=1)
    return F.mse_loss(hottest.float(), target.float())


def distance_loss(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean Euclidean distance."""
    return ((pred - target) ** 2).sum(dim=-1).sqrt().mean()


def hardest_loss(pred: torch.Tensor, target: torch.Tensor, k: int = 3) -> torch.Tensor:
    """Squared error of the k highest scores."""
    _, indices = torch.topk(pred, k)
    return F.mse_loss(pred[indices], target[indices])


if __name__ == "__main__":
    torch.manual_seed(0)
    print(dice_loss(torch.randn(2, 1, 8, 8, requires_grad=True), torch.ones(2, 1, 8, 8)))
    print(keypoint_loss(torch.rand(4, 8, 8, requires_grad=True), torch.randint(0, 64, (4,))))
    print(distance_loss(torch.rand(4, 2, requires_grad=True), torch.rand(4, 2)))
    print(hardest_loss(torch.rand(10, requires_grad=True), torch.rand(10)))
