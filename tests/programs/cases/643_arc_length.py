import torch


class CurveLoss:
    def __init__(self, samples=8):
        self.t = torch.linspace(0, 1, samples)[:, None]

    def points(self, ctrl):
        a, b, c = ctrl
        return (1 - self.t) ** 2 * a + 2 * self.t * (1 - self.t) * b + self.t ** 2 * c

    def length_error(self, ctrl, wanted):
        pts = self.points(ctrl)
        length = 0.0
        for p, q in zip(pts[:-1], pts[1:]):
            length += float((q - p).norm())
        return torch.tensor((length - wanted) ** 2)
