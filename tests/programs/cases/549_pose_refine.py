import torch

points, seen = torch.rand(5, 2), torch.rand(5, 2)
pose = torch.zeros(3, requires_grad=True)


def project(points, pose):
    c, s = torch.cos(pose[0]), torch.sin(pose[0])
    x, y = points.unbind(-1)
    return torch.stack([c * x - s * y, s * x + c * y], -1) + pose[1:]


for it in range(3):
    err = (project(points, pose) - seen).pow(2).mean()
    err.backward()
    with torch.no_grad():
        pose = pose - 0.05 * pose.grad
