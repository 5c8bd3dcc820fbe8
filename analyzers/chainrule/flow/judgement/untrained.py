"""Steps of a training that leave nobody anything to train by."""

from __future__ import annotations

from chainrule.flow.core.trace import Root
from chainrule.flow.core.words import words

_EVALUATES = frozenset("eval evaluation val valid validation test predict prediction env".split())
# Who makes a backward pass, or has one made.
_TRAINS = ("backward", "minimize(", ".step(", "closure", "autograd", "scaler(")


def is_idle_step(root: Root) -> bool:
    """Whether a root is called a step of a training, and nothing around it makes a backward pass.

    `def generator_step(self, z): …; return loss.item()` leaves nobody anything to train by.
    """
    named = words(root.name.rpartition(".")[2])
    if named[-1:] != ("step",) or not _EVALUATES.isdisjoint(named):
        return False
    text = root.block.text
    return ("loss" in text or "entropy" in text) and not any(word in text for word in _TRAINS)
