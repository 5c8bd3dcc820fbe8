import torch
import torch.nn as nn
import torch.nn.functional as F


def supcon(features, labels, temperature=0.07):
    n, views = features.shape[0], features.shape[1]
    labels = labels.contiguous().view(-1, 1)
    mask = torch.eq(labels, labels.T).float()
    contrast = torch.cat(torch.unbind(features, dim=1), dim=0)
    logits = contrast @ contrast.T / temperature
    logits = logits - logits.max(dim=1, keepdim=True).values.detach()
    mask = mask.repeat(views, views)
    logits_mask = torch.scatter(torch.ones_like(mask), 1, torch.arange(n * views).view(-1, 1), 0)
    mask = mask * logits_mask
    log_prob = logits - torch.log((torch.exp(logits) * logits_mask).sum(1, keepdim=True))
    return -((mask * log_prob).sum(1) / mask.sum(1)).mean()


net = nn.Linear(6, 4)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x, y = torch.randn(6, 6), torch.tensor([0, 1, 1, 2, 2, 3])
for step in range(2):
    views = [F.normalize(net(x + 0.1 * torch.randn_like(x)), dim=-1) for _ in range(2)]
    loss = supcon(torch.stack(views, dim=1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
