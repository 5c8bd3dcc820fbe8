import torch
import torch.nn.functional as F


class AverageMeter:
    def __init__(self):
        self.sum, self.count = 0.0, 0

    def update(self, val, n=1):
        self.sum += val * n
        self.count += n

    @property
    def avg(self):
        return self.sum / max(1, self.count)


def epoch_loss(model, batches):
    meter = AverageMeter()
    for x, y in batches:
        loss = F.cross_entropy(model(x), y)
        meter.update(loss.item(), x.size(0))
    return torch.as_tensor(meter.avg)
