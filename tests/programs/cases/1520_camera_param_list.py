import torch
from torch import nn


def project(verts, cams):
    return verts[..., :2] * cams[:, 2:] + cams[:, :2]


class Body(nn.Module):
    def __init__(self, n=6):
        super().__init__()
        self.register_buffer("template", torch.randn(1, n, 3))
        self.register_buffer("dirs", torch.randn(4, n * 3))

    def forward(self, pose):
        pose = nn.Parameter(pose)
        return self.template + (pose @ self.dirs).view(1, -1, 3)


body = Body()


def fit_step(pose, cams, keypoints):
    cams = nn.Parameter(torch.tensor(cams))
    verts = body(pose)
    return (project(verts, cams) - keypoints).abs().sum(-1).mean()
