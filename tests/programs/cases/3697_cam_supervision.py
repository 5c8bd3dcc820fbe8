import torch
import torch.nn.functional as F


def class_map(features, weights):
    cam = torch.einsum("bchw,c->bhw", features, weights)
    cam = F.relu(cam)
    peak = cam.flatten(1).max(dim=1).values
    return cam / peak[:, None, None]


def attention_loss(features, weights, region):
    """The class activation map should stay inside the annotated region."""
    cam = class_map(features, weights)
    outside = cam * (1 - region)
    return outside.mean()
