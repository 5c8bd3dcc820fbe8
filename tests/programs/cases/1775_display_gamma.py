import torch


class Display:
    gamma = 2.2

    def encode(self, linear):
        return linear.clamp(0, 1).pow(1 / self.gamma)

    def loss(self, linear, photo):
        return torch.nn.functional.l1_loss(self.encode(linear), photo)
