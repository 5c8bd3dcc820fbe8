import torch


def pairwise(points):
    diff = points[:, None, :] - points[None, :, :]
    return torch.sqrt((diff * diff).sum(dim=-1))


def kruskal_stress(layout, dissimilarity):
    d = pairwise(layout)
    upper = torch.triu(torch.ones_like(d), diagonal=1)
    num = (upper * (d - dissimilarity) ** 2).sum()
    den = (upper * dissimilarity ** 2).sum()
    return num / den


def embed(dissimilarity, dims=2, steps=5, lr=0.05):
    layout = torch.randn(dissimilarity.shape[0], dims, requires_grad=True)
    opt = torch.optim.Adam([layout], lr=lr)
    for _ in range(steps):
        opt.zero_grad()
        kruskal_stress(layout, dissimilarity).backward()
        opt.step()
    return layout.detach()
