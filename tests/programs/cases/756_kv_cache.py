import torch
from torch import nn
import torch.nn.functional as F


class CachedDecoder(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.q, self.kv = nn.Linear(d, d), nn.Linear(d, 2 * d)

    def loss(self, x, y):
        keys, values, out = [], [], []
        for t in range(x.shape[0]):
            k, v = self.kv(x[t]).chunk(2)
            keys.append(k)
            values.append(v)
            score = torch.stack(keys) @ self.q(x[t]) / x.shape[1] ** 0.5
            out.append(score.softmax(0) @ torch.stack(values))
        pred = x.clone()
        for t, o in enumerate(out):
            pred[t] += o
        return F.mse_loss(pred, y)
