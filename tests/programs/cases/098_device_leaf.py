import torch


class Style:
    def __init__(self):
        self.canvas = torch.rand(3, 4, 4, requires_grad=True).type(torch.float64)

    def gram(self, x):
        f = x.flatten(1)
        return f @ f.t() / f.numel()

    def objective(self, ref):
        return (self.gram(self.canvas) - self.gram(ref.double())).pow(2).sum()
