from torch import nn


class FeatureDistance(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        for p in self.stem.parameters():
            p.requires_grad = False

    def forward(self, a, b):
        fa, fb = self.stem(a), self.stem(b)
        d = ((fa - fb) ** 2).mean(dim=(1, 2, 3)) ** 0.5
        return d.mean()
