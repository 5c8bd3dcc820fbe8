import torch
import torch.nn.functional as F


def height_at(terrain, xy):
    size = torch.tensor([terrain.shape[1] - 1.0, terrain.shape[0] - 1.0])
    grid = (2 * xy / size - 1)[None, None]
    return F.grid_sample(terrain[None, None], grid, align_corners=True)[0, 0, 0]


def posts_height(terrain, posts):
    cell = torch.round(posts).long()
    return terrain[cell[:, 1].clamp(max=terrain.shape[0] - 1), cell[:, 0].clamp(max=terrain.shape[1] - 1)]


def route_cost(route, terrain, posts, goal, w_climb=2.0):
    length = (route[1:] - route[:-1]).norm(dim=1).sum()
    z = height_at(terrain, route)
    above = posts_height(terrain, posts).max()
    cost = length + w_climb * F.relu(z - above).sum() + above
    return cost + 10.0 * (route[-1] - goal).pow(2).sum()


def fly(start, goal, terrain, posts, n=8, rounds=100):
    s = torch.linspace(0, 1, n).unsqueeze(1)
    route = (start + s * (goal - start)).requires_grad_(True)
    opt = torch.optim.Adam([route], lr=0.05)
    for _ in range(rounds):
        opt.zero_grad()
        route_cost(route, terrain, posts, goal).backward()
        opt.step()
    return route.detach()
