import torch
import torch.nn as nn
import torch.nn.functional as F


class LitTwice(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Linear(4, 3)

    def training_step(self, batch, batch_idx):
        x, y = batch
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.no_grad():
                pseudo = self.proj(x).softmax(-1)
            logits = self.proj(x)
            loss = F.cross_entropy(logits, y) + F.mse_loss(logits.softmax(-1), pseudo)
        return loss
