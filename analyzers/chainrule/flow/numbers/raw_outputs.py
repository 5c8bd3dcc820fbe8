"""What a layer gives as it is: negative as often as not, and a root of it, or a logarithm, NaN.

Layers that somebody fills, or keeps from below 0, are no such ones: a bank of filters, a monotone network.
"""

from __future__ import annotations

from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter

NEGATIVE = "negative"
"""The note of a root or a logarithm of what a layer gives."""
_LAYERS = frozenset(
    """Linear LazyLinear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d
    LayerNorm BatchNorm1d BatchNorm2d BatchNorm3d GroupNorm InstanceNorm2d""".split()
)
# What leaves the elements of a tensor as they are.
_MOVES = frozenset(
    """select squeeze unsqueeze view reshape flatten transpose permute t T mT contiguous float double to chunk
    split unbind movedim""".split()
)


def is_raw(interp: Interpreter, node: Node) -> bool:
    """Whether `node` holds elements of what a layer gives, and no word in the file is about its weights."""
    while node.op in _MOVES and len(node.edges) == 1:
        node = node.edges[0][0]
    if node.op not in _LAYERS:
        return False
    sources = (parent.source for parent, _ in node.edges)
    weights = (source for source in sources if source is not None and source.role == "parameter")
    names = [weight.name.removeprefix("self.") for weight in weights]
    return bool(names) and all(name not in interp.module.text for name in names)
