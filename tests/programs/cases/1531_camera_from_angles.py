import math
import torch
from torch import nn
import torch.nn.functional as F


def get_points_from_angles(distance, elevation, azimuth, degrees=True):
    if degrees:
        elevation = math.radians(elevation)
        azimuth = math.radians(azimuth)
    return (
        distance * math.cos(elevation) * math.sin(azimuth),
        distance * math.sin(elevation),
        -distance * math.cos(elevation) * math.cos(azimuth),
    )


class RenderModel(nn.Module):
    def __init__(self, vertices):
        super().__init__()
        self.register_buffer("vertices", vertices)
        self.distance = nn.Parameter(torch.tensor(2.7))
        self.elevation = nn.Parameter(torch.tensor(10.0))
        self.azimuth = nn.Parameter(torch.tensor(30.0))

    def look_at(self, eye):
        z = F.normalize(-eye, dim=0)
        x = F.normalize(torch.cross(torch.tensor([0.0, 1.0, 0.0]), z, dim=0), dim=0)
        y = F.normalize(torch.cross(z, x, dim=0), dim=0)
        return (self.vertices - eye) @ torch.stack([x, y, z]).t()

    def forward(self, image_ref):
        eye = torch.tensor(get_points_from_angles(self.distance, self.elevation, self.azimuth))
        cam = self.look_at(eye)
        return torch.sum((cam[:, :2] / cam[:, 2:] - image_ref) ** 2)
