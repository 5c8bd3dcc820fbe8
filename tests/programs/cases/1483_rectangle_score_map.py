import numpy
import torch
from torch.autograd import Variable
from torch.nn.modules.loss import _Loss


class ScoreMapIoU(_Loss):
    """IoU of two convex quads, counted on a grid of points."""

    def __init__(self, bounds=(8, 8)):
        super().__init__()
        grid = numpy.mgrid[0:bounds[0], 0:bounds[1]]
        grid = numpy.stack([grid[0], grid[1]], axis=-1)
        self.grid = Variable(torch.FloatTensor(self.flatten(grid)))

    @staticmethod
    def flatten(grid):
        return grid.reshape(-1, 2).astype("float32")

    def side(self, p, q):
        edge = q - p
        normal = torch.stack([-edge[1], edge[0]])
        return torch.mv(self.grid - p, normal)

    def inside(self, quad):
        s = [self.side(quad[i], quad[(i + 1) % 4]) for i in range(4)]
        score = torch.ge(s[0], 0).float()
        for d in s[1:]:
            score = score * torch.ge(d, 0).float()
        return score

    def forward(self, pred, target):
        a = self.inside(pred.view(4, 2))
        b = self.inside(target.view(4, 2))
        inter = torch.sum(a * b)
        union = torch.sum(a) + torch.sum(b) - inter
        return 1 - inter / (union + 1e-6)
