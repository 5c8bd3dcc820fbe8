import torch


def charbonnier(x, eps=1e-3):
    return torch.sqrt(x * x + eps * eps).mean()


def occlusion_objective(forward_flow, backward_flow, first, second, settings):
    total = forward_flow + backward_flow
    magnitude = forward_flow.pow(2).sum(1) + backward_flow.pow(2).sum(1)
    bound = settings["alpha"] * magnitude + settings["beta"]
    occluded = (total.pow(2).sum(1, keepdim=True) > bound.unsqueeze(1)).type(first.dtype)
    visible = 1 - occluded
    losses = {
        "photo": charbonnier((first - second) * visible),
        "occ": charbonnier(occluded),
    }
    return sum(settings[name] * value for name, value in losses.items())
