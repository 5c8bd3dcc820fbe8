"""Roots and logarithms of what a layer gives as it is."""

from __future__ import annotations

from flow.checking import check


def test_a_root_of_what_a_layer_gives() -> None:
    check("""
        class Density(nn.Module):
            def __init__(self):
                super().__init__()
                self.both = nn.Linear(4, 2)
                self.var = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))

            def both_loss(self, x, target):
                mean, var = self.both(x).chunk(2, dim=-1)
                return ((mean - target).square() / var.sqrt()).mean()  # want CR301 "negative as often as not"

            def sequence_loss(self, x, target):
                std = torch.sqrt(self.var(x).squeeze(-1))  # want CR301 "NaN there"
                return (target / std).square().mean()

            def log_loss(self, x, target):
                return (target * torch.log(self.var(x)[:, 0])).mean()  # want CR305 "its logarithm is NaN"
    """)


def test_roots_of_what_is_kept_positive() -> None:
    check("""
        class Density(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 2)
                self.var = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.Softplus())
                self.mel = nn.Linear(4, 3, bias=False)
                self.mel.weight.data.copy_(torch.rand(3, 4))
                self.mel.weight.requires_grad_(False)

            def loss(self, x, target):
                squares = self.head(x).square().sum(-1) + 1e-6
                mels = torch.log(self.mel(x.abs()) + 1e-6) + self.mel(x.abs()).sqrt()
                power = self.head(x).exp().sqrt() + self.head(x).clamp(min=1e-6).sqrt()
                return (squares.sqrt() + self.var(x).sqrt() - target).mean() + (power + mels).mean()
    """)
