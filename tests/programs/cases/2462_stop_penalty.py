import torch
import torch.nn as nn


class StopLoss(nn.Module):
    def __init__(self, eos_id, alpha=0.3, beta=0.1):
        super().__init__()
        self.eos_id, self.alpha, self.beta = eos_id, alpha, beta
        self.ce = nn.CrossEntropyLoss()

    def penalties(self, logits, should_stop):
        p_eos = torch.softmax(logits, dim=-1)[..., self.eos_id]
        pos = -torch.log(p_eos)
        neg = -torch.log(1.0 - p_eos)
        keep = should_stop.float()
        return (pos * keep).mean(), (neg * (1 - keep)).mean()

    def forward(self, logits, labels, should_stop):
        pos, neg = self.penalties(logits, should_stop)
        return self.ce(logits, labels) + self.alpha * pos + self.beta * neg
