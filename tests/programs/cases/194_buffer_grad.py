import torch


class Pose:
    def __init__(self):
        self.theta = torch.randn(4, requires_grad=True)
        self.points = torch.rand(5, 2)
        self.theta = self.theta.reshape(2, 2)

    def fit_loss(self, obs):
        est = self.points @ self.theta
        return (est - obs).square().sum(-1).mean()
