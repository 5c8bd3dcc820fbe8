import torch


class PlaneFit:
    def __init__(self, scale=0.1):
        self.normal = torch.randn(3, requires_grad=True) * scale
        self.offset = scale * torch.ones(1, requires_grad=True)

    def residual(self, pts):
        d = pts @ self.normal + self.offset
        return (d ** 2).mean() + (self.normal.square().sum() - 1) ** 2
