import torch


def overlap_loss(true, logits, eps=1e-7):
    """true: (B, 1, H, W) class numbers; logits: (B, C, H, W)."""
    num_classes = logits.shape[1]
    true_1_hot = torch.eye(num_classes)[true.squeeze(1)]
    true_1_hot = true_1_hot.permute(0, 3, 1, 2).float()
    pred = torch.argmax(logits, dim=1)
    pred_1_hot = torch.eye(num_classes)[pred]
    pred_1_hot = pred_1_hot.permute(0, 3, 1, 2).type(logits.type())
    dims = (0,) + tuple(range(2, true.ndimension()))
    intersection = torch.sum(pred_1_hot * true_1_hot, dims)
    cardinality = torch.sum(pred_1_hot + true_1_hot, dims)
    dice = (2.0 * intersection / (cardinality + eps)).mean()
    return 1 - dice
