import torch
import torch.nn.functional as F

CELL = 1.0     # metres per DEM pixel


def elevation(dem, xy):
    rc = torch.round(xy / CELL).long()
    r = rc[:, 1].clamp(0, dem.shape[0] - 1)
    c = rc[:, 0].clamp(0, dem.shape[1] - 1)
    return dem[r, c]


def path_cost(waypoints, dem, goal, w_climb=2.0, w_goal=10.0):
    seg = waypoints[1:] - waypoints[:-1]
    length = seg.norm(dim=1)
    z = elevation(dem, waypoints)
    climb = F.relu(z[1:] - z[:-1])

    cost = length.sum()
    cost = cost + w_climb * climb.sum()
    cost = cost + w_goal * (waypoints[-1] - goal).pow(2).sum()
    return cost


def plan(start, goal, dem, n=10, steps=200):
    s = torch.linspace(0, 1, n).unsqueeze(1)
    path = (start + s * (goal - start)).requires_grad_(True)
    opt = torch.optim.Adam([path], lr=0.05)
    for _ in range(steps):
        opt.zero_grad()
        path_cost(path, dem, goal).backward()
        opt.step()
    return path.detach()
