import torch
from torch.nn.utils import clip_grad_norm_


class Meter:
    def __init__(self):
        self.total, self.n = 0.0, 0

    def add(self, value, n=1):
        self.total += float(value) * n
        self.n += n

    @property
    def average(self):
        return self.total / max(self.n, 1)


def accumulate(net, shards, ceiling=1.0):
    meter = Meter()
    *early, last = shards
    for x, y in early:
        shard_cost = torch.nn.functional.l1_loss(net(x), y) / len(shards)
        shard_cost.backward()
        meter.add(shard_cost.detach(), len(x))
    clip_grad_norm_(net.parameters(), ceiling)
    x, y = last
    final = torch.nn.functional.l1_loss(net(x), y) / len(shards)
    meter.add(final.item(), len(x))
    print(f"{meter.average:.4f}")
    return final
