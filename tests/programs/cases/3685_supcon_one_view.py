import torch
import torch.nn as nn
import torch.nn.functional as F


def supcon(features, labels, temperature=0.07, base_temperature=0.07):
    n, views = features.shape[0], features.shape[1]
    labels = labels.contiguous().view(-1, 1)
    mask = torch.eq(labels, labels.T).float()
    contrast = torch.cat(torch.unbind(features, dim=1), dim=0)
    dots = torch.div(torch.matmul(contrast, contrast.T), temperature)
    logits_max, _ = torch.max(dots, dim=1, keepdim=True)
    logits = dots - logits_max.detach()

    mask = mask.repeat(views, views)
    logits_mask = torch.scatter(torch.ones_like(mask), 1, torch.arange(n * views).view(-1, 1), 0)
    mask = mask * logits_mask
    exp_logits = torch.exp(logits) * logits_mask
    log_prob = logits - torch.log(exp_logits.sum(1, keepdim=True))
    mean_log_prob_pos = (mask * log_prob).sum(1) / mask.sum(1)
    loss = -(temperature / base_temperature) * mean_log_prob_pos
    return loss.view(views, n).mean()


net = nn.Linear(6, 4)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x, y = torch.randn(6, 6), torch.tensor([0, 1, 1, 2, 2, 3])
for step in range(2):
    z = F.normalize(net(x), dim=-1)
    loss = supcon(z.unsqueeze(1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
