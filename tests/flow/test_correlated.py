"""Branches that ask again what an earlier one has asked."""

from __future__ import annotations

from flow.checking import check


def test_an_array_where_the_same_setting_made_it_one() -> None:
    check("""
        import numpy as np

        class Scorer:
            def __init__(self, as_tensor, rate):
                self.as_tensor = as_tensor
                self.rate = rate

            def mel(self, audio):
                return audio

            def __call__(self, audio):
                if self.as_tensor:
                    audio = torch.as_tensor(audio)
                else:
                    audio = audio.detach().numpy() if isinstance(audio, torch.Tensor) else audio
                if self.rate:
                    audio = audio[1:]
                if not self.as_tensor:
                    audio = np.append(audio, audio)
                return self.mel(audio)

        class Other:
            def __init__(self, as_tensor, twice):
                self.as_tensor = as_tensor
                self.twice = twice

            def loss(self, pred, target):
                if self.as_tensor:
                    pred = pred * 2
                else:
                    pred = pred.detach()
                if self.twice:
                    pred = np.append(pred, pred)  # want CR106
                return ((pred - target) ** 2).mean()
    """)


def test_a_value_of_the_step_before_is_not_reached_where_the_same_setting_has_made_a_new_one() -> None:
    check("""
        class Flow(nn.Module):
            def __init__(self, learned, before):
                super().__init__()
                self.learned, self.before = learned, before
                self.w = torch.eye(4)
                self.inverse = torch.eye(4)
                self.raw = nn.Parameter(torch.randn(4, 4))

            def forward(self, x, rev: bool = False):
                if self.learned:
                    self.w = torch.matrix_exp(self.raw)
                    if rev or self.before:
                        self.inverse = torch.linalg.inv(self.w)
                if rev:
                    x = x @ self.inverse
                elif self.before:
                    x = x @ self.inverse
                return x @ self.w

        class Stale(nn.Module):
            def __init__(self, every):
                super().__init__()
                self.every, self.count = every, 0
                self.register_buffer("w", torch.eye(4))
                self.raw = nn.Parameter(torch.randn(4, 4))

            def forward(self, x):
                self.count += 1
                if self.count % self.every == 0:
                    self.w = torch.matrix_exp(self.raw)  # want CR504
                return F.mse_loss(x @ self.w, x)
    """)
