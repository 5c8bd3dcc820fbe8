import torch


class Bundle:
    def __init__(self, n, device=torch.device("cpu")):
        eye = torch.zeros(n, 3, requires_grad=True)
        self.poses = eye + 0.01 * torch.randn(n, 3, device=device)
        self.points = torch.rand(5, 2)

    def parameters(self):
        return [self.poses]

    def error(self, seen):
        c, s = self.poses[:, 0].cos(), self.poses[:, 0].sin()
        rot = torch.stack([torch.stack([c, -s], -1), torch.stack([s, c], -1)], -2)
        proj = torch.einsum("nij,pj->npi", rot, self.points) + self.poses[:, None, 1:]
        return (proj - seen).square().sum(-1).mean()
