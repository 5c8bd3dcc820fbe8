"""What one loss of a class takes as a number or stopped, and another one trains."""

from __future__ import annotations

import pytest

from flow.checking import check

_ACTOR = """
        import math

        class Agent(nn.Module):
            def __init__(self):
                super().__init__()
                self.policy, self.critic = nn.Linear(4, 3), nn.Linear(4, 3)
                self.log_alpha = nn.Parameter(torch.zeros(()))

            def actor_loss(self, s):
                logp = self.policy(s).log_softmax(-1)
                alpha = {number}{want}
                return {loss}

{other}
"""
_SAME = (
    "            def alpha_loss(self, entropy):\n                return self.log_alpha * (entropy - 1).mean()"
)
_OUTSIDE = (
    "        def tune(agent, entropy):\n            (agent.log_alpha * (entropy - 1.0).mean()).backward()"
)
_OTHER = "            def critic_loss(self, s, q):\n                return F.mse_loss(self.critic(s), q)"
_WEIGHS = "(logp.exp() * alpha * logp).sum(-1).mean()"


@pytest.mark.parametrize("other", [_SAME, _OUTSIDE], ids=["method", "function"])
@pytest.mark.parametrize("number", ["self.log_alpha.exp().item()", "math.exp(self.log_alpha)"])
def test_a_weight_that_another_loss_trains(number: str, other: str) -> None:
    check(_ACTOR.format(number=number, loss=_WEIGHS, other=other, want=""))


def test_a_weight_that_no_loss_trains() -> None:
    want = "  # want CR105"
    check(_ACTOR.format(number="self.log_alpha.exp().item()", loss=_WEIGHS, other=_OTHER, want=want))


def test_a_number_that_is_no_weight() -> None:
    want, loss = "  # want CR105", "(logp - alpha).pow(2).mean()"
    check(_ACTOR.format(number="self.log_alpha.exp().item()", loss=loss, other=_SAME, want=want))


@pytest.mark.parametrize("name", ["h", "feats", "crops"])
@pytest.mark.parametrize("read", ["self.probe({}.detach())", "self.probe({}.flatten(1).detach())"])
def test_features_that_a_probe_reads(name: str, read: str) -> None:
    check(f"""
        class WithProbe(nn.Module):
            def __init__(self):
                super().__init__()
                self.probe = nn.Linear(8, 3)

            def probe_loss(self, {name}, y):
                return F.cross_entropy({read.format(name)}, y)
    """)


def test_parts_of_a_batch_that_an_encoder_reads() -> None:
    check("""
        class Base(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder, self.classifier = nn.Linear(6, 8), nn.Linear(8, 3)

            def forward(self, x):
                feats = torch.relu(self.encoder(x))
                return self.classifier(feats.detach()), feats

            def shared_step(self, crops, targets):
                outs = [self(x) for x in crops]
                losses = [F.cross_entropy(logits, targets) for logits, _ in outs]
                return sum(losses) / len(losses), [feats for _, feats in outs]
    """)


def test_a_prediction_that_is_stopped_beside_a_layer() -> None:
    check("""
        class Calibrated(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = nn.Linear(3, 3)

            def loss(self, logits, y):
                shown = self.scale(logits.detach()) + logits.detach()  # want CR101
                return F.cross_entropy(shown, y)
    """)
