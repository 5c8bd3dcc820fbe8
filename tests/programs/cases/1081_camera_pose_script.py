from dataclasses import dataclass
import torch
from torch import nn

torch.manual_seed(0)


@dataclass
class Rays:
    origins: torch.Tensor
    directions: torch.Tensor


field = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3), nn.Sigmoid())
for p in field.parameters():
    p.requires_grad_(False)
field.eval()

rays_o, rays_d = torch.rand(20, 3), torch.rand(20, 3)
rays_d = rays_d / torch.linalg.norm(rays_d, dim=-1, keepdim=True)
photo = torch.rand(20, 3)

pose = nn.Parameter(torch.cat([torch.eye(3), torch.zeros(3, 1)], dim=1))
optimizer = torch.optim.Adam([pose], lr=0.001)
rays = Rays(origins=rays_o, directions=rays_d)

for i in range(3):
    rays.origins = rays.origins + pose[:3, 3]
    rays.directions = torch.bmm(pose[None, :3, :3].expand(20, 3, 3), rays.directions[..., None])[..., 0]
    rgb = field(torch.cat([rays.origins, rays.directions], dim=-1))
    loss = (rgb - photo).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(i, loss.item())
