import torch
import torch.nn.functional as F


class PointLamp:
    def __init__(self, location=((0.0, 1.0, 0.0),), ambient=0.3, device="cpu"):
        self.location = torch.tensor(location, dtype=torch.float32, device=device)
        self.ambient = ambient

    def diffuse(self, normals, points):
        direction = F.normalize(self.location - points, dim=-1)
        return self.ambient + F.relu((normals * direction).sum(-1, keepdim=True))


class Shader:
    def __init__(self, lamp, albedo):
        self.lamp, self.albedo = lamp, albedo

    def __call__(self, normals, points):
        return self.albedo * self.lamp.diffuse(normals, points)


torch.manual_seed(0)
points, normals = torch.randn(30, 3) * 0.3, F.normalize(torch.randn(30, 3), dim=-1)
target = Shader(PointLamp(((0.5, 2.0, 1.0),)), 0.8)(normals, points)

location = torch.zeros(1, 3, dtype=torch.float32)
location.requires_grad = True
albedo = torch.tensor(0.5, requires_grad=True)
optimizer = torch.optim.SGD([location, albedo], lr=0.1, momentum=0.9)
for step in range(3):
    optimizer.zero_grad()
    image = Shader(PointLamp(location), albedo)(normals, points)
    loss = ((image - target) ** 2).mean()
    loss.backward()
    optimizer.step()
print(location, albedo.item())
