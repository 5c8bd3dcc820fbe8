import torch


class HardGate(torch.autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return (x > 0).float()

    def backward(self, g):
        x, = self.saved_tensors
        return g * (x.abs() < 1).float()


def gate_loss(x, target):
    gate = HardGate()
    return (gate(x).mean() - target).abs()
