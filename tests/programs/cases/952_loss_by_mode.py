import torch
import torch.nn.functional as F


class Criterion:
    def __init__(self, mode="l2", debug=False):
        self.mode = mode
        self.debug = debug

    def __call__(self, out, y):
        if y.numel() == 0:
            raise ValueError("empty batch")
        if self.debug:
            print(f"max error {(out - y).abs().max().item():.3f}")
        if self.mode == "l1":
            return F.l1_loss(out, y)
        loss = F.mse_loss(out, y)
        return loss if loss.item() < 100.0 else loss.sqrt() * 10
