import torch


class Gaussians:
    def __init__(self, n):
        self.means3D = torch.randn(n, 3, requires_grad=True)
        self.logit_opacities = torch.zeros(n, 1, requires_grad=True)


def rendervar_of(params):
    return {
        "means3D": params.means3D,
        "opacities": torch.sigmoid(params.logit_opacities),
        "means2D": torch.zeros_like(params.means3D, requires_grad=True) + 0,
    }


def flow_loss(params, prev, flow_gt):
    rendervar = rendervar_of(params)
    uv = rendervar["means2D"][:, :2]
    flow = (uv - prev) * rendervar["opacities"]
    return (flow - flow_gt).norm(dim=-1).mean()
