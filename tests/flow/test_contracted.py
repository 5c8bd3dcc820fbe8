"""What `einsum` saves of its operands, compared with what torch says."""

from __future__ import annotations

import pytest
import torch

from chainrule import analyze
from flow.checking import check

EQUATIONS = {
    "nc,ck->nk": ((4, 8), (8, 16)),
    "nc,kc->nk": ((4, 8), (16, 8)),
    "nc,nc->n": ((4, 8), (4, 8)),
    "nc,ck->n": ((4, 8), (8, 16)),
    "bnc,kc->bnk": ((2, 4, 8), (16, 8)),
    "bhqd,bhkd->bhqk": ((2, 3, 4, 5), (2, 3, 6, 5)),
    "bqhd,bkhd->bhqk": ((2, 4, 3, 5), (2, 6, 3, 5)),
    "bc,ckd->bkd": ((2, 3), (3, 4, 5)),
    "bc,kcd->bkd": ((2, 3), (4, 3, 5)),
    "i,i->": ((4,), (4,)),
    "ij,ij->ij": ((4, 3), (4, 3)),
}
PROGRAM = """
import torch

def edited_loss(pred):
    keys = torch.randn({right})
    scores = torch.einsum("{equation}", pred, keys)
    keys.add_(1)
    return scores.sum()
"""


@pytest.mark.parametrize("equation", EQUATIONS)
def test_an_operand_that_is_edited(equation: str) -> None:
    left, right = EQUATIONS[equation]
    pred, keys = torch.randn(left, requires_grad=True), torch.randn(right)
    scores = torch.einsum(equation, pred * 1, keys)
    keys.add_(1)
    raises = False
    try:
        scores.sum().backward()
    except RuntimeError:
        raises = True
    report = analyze(PROGRAM.format(equation=equation, right=right))
    assert any(finding.code == "CR501" for finding in report.findings) == raises


def test_a_queue() -> None:
    check("""
        class Contrast(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = nn.Linear(6, 8)
                self.register_buffer("queue", torch.randn(8, 16))

            def loss(self, x, keys):
                scores = torch.einsum("nc,ck->nk", [self.encoder(x), self.queue.detach()])
                with torch.no_grad():
                    self.queue[:, :4] = keys.T  # want CR501 "derivative of `einsum`"
                return scores.logsumexp(1).mean()

            def cloned_loss(self, x, keys):
                scores = torch.einsum("nc,ck->nk", [self.encoder(x), self.queue.clone().detach()])
                with torch.no_grad():
                    self.queue[:, :4] = keys.T
                return scores.logsumexp(1).mean()

            def late_loss(self, x, keys):
                with torch.no_grad():
                    self.queue[:, :4] = keys.T
                return torch.einsum("nc,ck->nk", [self.encoder(x), self.queue.detach()]).logsumexp(1).mean()

            def ranked_loss(self, x, keys):
                with torch.no_grad():
                    ranks = torch.einsum("nc,ck->nk", [self.encoder(x), self.queue])
                self.queue[:, :4] = keys.T
                return (self.encoder(x).mean(1) * ranks.mean(1)).mean()
    """)
