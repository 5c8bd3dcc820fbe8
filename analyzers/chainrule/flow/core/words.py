"""The words of a name, and those that say loss."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
LOSS_WORDS = frozenset(
    """loss losses lossfn criterion penalty elbo nll bce kl kld nce infonce divergence regularizer
    regularization regulariser regularisation reg hinge triplet contrast contrastive ntxent distill
    distillation surrogate consistency focal lovasz wasserstein mmd supcon xent""".split()
)

_NEGATIVE = frozenset(("neg", "negative", "minus"))
_LIKELIHOOD = _NEGATIVE | {"log", "likelihood", "marginal"}


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """`pairwiseLoss2` → ("pairwise", "loss", "2"); a negative log-likelihood is spelt `nll`."""
    found = tuple(word.lower() for word in _WORD.findall(name))
    if "likelihood" in found and not _NEGATIVE.isdisjoint(found):
        return (*(word for word in found if word not in _LIKELIHOOD), "nll")
    return found
