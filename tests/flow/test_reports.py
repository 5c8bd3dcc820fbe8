"""Programs in the shape in which people report them: criteria as attributes, helpers that sample, masks."""

from __future__ import annotations

import pytest

from flow.checking import check


@pytest.mark.parametrize(
    "returned",
    [
        "self.crit(scores, captions)",
        '{"recipe_loss": self.crit(scores, captions)}',
        "{'err': self.crit(scores, captions) * 2}",
    ],
)
def test_a_criterion_that_a_class_keeps_makes_a_number(returned: str) -> None:
    check(f"""
        class Captioner(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 7)
                self.crit = nn.CrossEntropyLoss(ignore_index=0)

            def decode(self, states):
                return torch.stack([self.head(s) for s in states], 1).data  # want CR101

            def forward(self, states, captions):
                scores = self.decode(states).flatten(0, 1)
                return {returned}
    """)


def test_a_criterion_beside_what_is_read_without_graph() -> None:
    check("""
        class Captioner(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 7)
                self.crit = nn.CrossEntropyLoss(ignore_index=0)

            def words(self, states):
                return self.head(states).data.argmax(-1)

            def forward(self, states, captions):
                self.shown = self.words(states)
                return self.crit(self.head(states).flatten(0, 1), captions)
    """)


def test_the_entropy_of_scores_that_are_minus_infinity() -> None:
    check("""
        def bonus_loss(logits):
            logp = F.log_softmax(logits, dim=-1)
            h = -(torch.exp(logp) * logp).nan_to_num(nan=0.0).sum(-1)  # want CR302
            return -h.mean()

        def safe_loss(logits, allowed):
            logits = logits.masked_fill(~allowed, float("-inf"))
            logp = F.log_softmax(logits, dim=-1)
            h = -(torch.exp(logp) * logp.masked_fill(~allowed, 0.0)).nan_to_num(nan=0.0).sum(-1)
            return -h.mean()
    """)


def test_the_logarithm_of_a_mean_that_is_spelled_out() -> None:
    check("""
        def count_loss(scores, label):
            prob = scores.softmax(2).sum(1) / scores.size(1)
            return -(torch.log(prob) * label).sum()  # want CR305

        def padded_loss(scores, label):
            prob = scores.softmax(2).sum(1) / scores.size(1)
            return -(torch.log(prob + 1e-10) * label).sum()
    """)
