"""Which values are complex, and which are real for certain: two operators differ in their derivative.

`sgn` of a real number is a step, of a complex one the point of the unit circle in its direction. `angle` of a
complex number turns with it, of a real one it is 0 or π: a step as well.
"""

from __future__ import annotations

from dataclasses import replace

from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.values import Tensor, Value
from chainrule.flow.core.words import words
from chainrule.gradient_facts import Gradient, Operator, Reason

_OF_PLANE = frozenset(("sgn", "sgn_", "angle"))
_MAKERS = frozenset(
    """complex view_as_complex polar stft fft fft2 fftn ifft ifft2 ifftn rfft rfft2 rfftn ihfft cfloat
    cdouble conj eig eigvals""".split()
)
# What is real whatever it is made of.
_REAL = frozenset(
    """abs absolute real imag angle view_as_real norm vector_norm irfft irfft2 irfftn hfft istft relu softmax
    log_softmax atan2 arctan2 hypot softplus gelu leaky_relu clamp clip rand randn rand_like randn_like arange
    linspace zeros ones amax amin max min sort topk""".split()
)
# What is real where all operands are.
_FORMULAS = frozenset(
    """add sub mult mul div neg pow square sum mean select index view reshape flatten squeeze unsqueeze
    permute transpose contiguous clone to sigmoid tanh exp sin cos cat stack matmult matmul""".split()
)
_NAMES = frozenset(
    """complex spec spectrum spectra spectrogram stft fft rfft kspace csi phasor phasors wavefunction psi iq
    analytic""".split()
)
_CASTS = frozenset(("float", "double", "half", "bfloat16", "to", "type"))
_DEPTH = 8


def of_number_kind(operator: Operator, arguments: list[Value]) -> Operator:
    """`sgn` and `angle` as they are for their argument: steps of real numbers, and none of complex ones."""
    if operator.name not in _OF_PLANE or not arguments or not isinstance(arguments[0], Tensor):
        return operator
    node = arguments[0].node
    flows = operator.name != "angle"
    if not (_may_be_complex(node) if flows else _is_real(node)):
        return operator
    gradient, reason = (Gradient.FLOWS, None) if flows else (Gradient.ZERO, Reason.ROUNDING)
    outputs = tuple(replace(output, gradient=gradient, reason=reason) for output in operator.outputs)
    return replace(operator, outputs=outputs, zero=frozenset() if flows else operator.zero)


def _may_be_complex(node: Node) -> bool:
    """Whether something says that a value is complex: what made it, or the name of an argument."""
    made = walk(node, lambda each: () if each.op in _REAL else [parent for parent, _ in each.edges])
    return any(
        (each.dtype or "").startswith("complex")
        or each.op in _MAKERS
        or (each.source is not None and not _NAMES.isdisjoint(words(each.source.name)))
        for each in made
    )


def _is_real(node: Node, depth: int = _DEPTH) -> bool:
    """Whether a value is real for certain: its type is said, or only reals can come of what it is made by."""
    if node.dtype in ("int", "bool") or (node.dtype == "float" and node.op in _CASTS):
        return True
    if node.op in _REAL or (node.op[:1].isupper() and "module-call" in node.tags and _fed_reals(node)):
        return True
    parents = [parent for parent, gate in node.edges if gate is None]
    return (
        bool(parents) and depth > 0 and node.op in _FORMULAS and all(_is_real(p, depth - 1) for p in parents)
    )


def _fed_reals(layer: Node) -> bool:
    """Whether nothing says that a layer of torch, which is real unless asked otherwise, is complex."""
    return not any(_may_be_complex(parent) for parent, _ in layer.edges)
