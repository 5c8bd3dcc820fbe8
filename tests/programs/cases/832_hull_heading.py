import torch
import torch.nn.functional as F


def heading_penalty(course, track, tolerance=0.05):
    """Mean angle (rad) between the steered and the charted course beyond a tolerance."""
    ahead = F.normalize(course, dim=-1)
    charted = F.normalize(track, dim=-1)
    off = torch.arccos((ahead * charted).sum(-1))
    return F.relu(off - tolerance).mean()
