import torch
import torch.nn.functional as F


@torch.no_grad()
def bootstrap(net, target_net, r, s2, done, gamma=0.99):
    best = net(s2).argmax(dim=1, keepdim=True)
    nxt = target_net(s2).gather(1, best).squeeze(1)
    return r + gamma * (1 - done) * nxt


def q_loss(net, target_net, batch):
    q = net(batch["s"]).gather(1, batch["a"].unsqueeze(1)).squeeze(1)
    y = bootstrap(net, target_net, batch["r"], batch["s2"], batch["done"])
    return F.smooth_l1_loss(q, y)
