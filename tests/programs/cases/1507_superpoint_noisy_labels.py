import numpy as np
import torch
import torch.nn.functional as F


def detector_loss(logits, keypoint_map, valid_mask=None, grid_size=2):
    b, c, h, w = logits.shape
    labels = keypoint_map.reshape(b, h, grid_size, w, grid_size).permute(0, 2, 4, 1, 3).reshape(b, -1, h, w)
    labels = torch.cat([2 * labels, torch.ones(b, 1, h, w)], dim=1).cpu().numpy()
    labels = labels + np.random.uniform(0, 0.1, labels.shape)
    labels = torch.from_numpy(np.argmax(labels, axis=1))
    valid_mask = torch.ones(b, h, w) if valid_mask is None else valid_mask
    loss = F.cross_entropy(logits, labels, reduction="none")
    return (loss * valid_mask).sum() / valid_mask.sum()
