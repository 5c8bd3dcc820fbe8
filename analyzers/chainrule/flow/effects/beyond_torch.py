"""Libraries whose functions leave autograd: math, numpy, scipy and others."""

from __future__ import annotations

import ast

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.curves import at_number
from chainrule.flow.core.graph import Edge, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Blank, Const, Tensor, Value, is_inherited
from chainrule.flow.core.words import words
from chainrule.flow.operations.settings import answer, are_settled

# Libraries whose functions leave autograd, and why what they return has no graph.
OUTSIDE = {
    "math": Cause.PYTHON_SCALAR,
    "cmath": Cause.PYTHON_SCALAR,
    "statistics": Cause.PYTHON_SCALAR,
    "numpy": Cause.NUMPY,
    "scipy": Cause.EXTERNAL,
    "sklearn": Cause.EXTERNAL,
    "cv2": Cause.EXTERNAL,
    "skimage": Cause.EXTERNAL,
    "librosa": Cause.EXTERNAL,
    "PIL": Cause.EXTERNAL,
    "pandas": Cause.EXTERNAL,
    "nltk": Cause.EXTERNAL,
    "rouge_score": Cause.EXTERNAL,
    "evaluate": Cause.EXTERNAL,
    "lpips_np": Cause.EXTERNAL,
}
FROM_ARRAY = frozenset(("torch.from_numpy", "torch.from_dlpack", "torch.frombuffer"))
# Libraries that give plain numbers the curves that PyTorch gives tensors.
_CURVES = ("math.", "numpy.")
# What is filled element by element afterwards.
_BLANKS = frozenset(("zeros", "ones", "empty", "full"))


def from_array(interp: Interpreter, arguments: list[Value], at: ast.AST) -> Value:
    """`torch.from_numpy(array)`."""
    nodes = interp.nodes(arguments)
    gate = interp.gate(Cause.NUMPY, at, note="from_numpy")
    made = interp.node("from_numpy", at, [(n, gate if n.kind == "tensor" else None) for n in nodes])
    if len(nodes) == 1:
        made.bounds = nodes[0].bounds
    return Tensor(made)


def leaves(interp: Interpreter, dotted: str, cause: Cause, values: list[Value], at: ast.AST) -> Value:
    """The value of `dotted(*values)`, a function of one of the `OUTSIDE` libraries."""
    nodes = interp.nodes(value for value in values if not is_inherited(value))
    if not nodes:
        blank = cause is Cause.NUMPY and dotted.rpartition(".")[2] in _BLANKS
        return Blank() if blank else _of_number(dotted, values)
    gate = interp.gate(None if _takes_arrays(interp, cause) else cause, at, note=dotted)
    kind = "scalar" if cause is Cause.PYTHON_SCALAR else "array"
    # numpy refuses a tensor that requires grad: the call itself raises.
    gate.raises = cause is Cause.NUMPY
    edges: list[Edge] = []
    for node in nodes:
        arrays = _arrays_given(node) if cause is Cause.NUMPY else []
        edges.extend((each, None) for each in arrays)
        if not arrays:
            edges.append((node, gate if node.kind == "tensor" else None))
    made = interp.node(dotted.rpartition(".")[2], at, edges, kind=kind)
    made.bounds = bounds.of_call(made.op, nodes[0].bounds)
    return Tensor(made)


def _of_number(dotted: str, values: list[Value]) -> Const:
    """`math.log(100)`, `np.sqrt(2)`: a number if it is given one."""
    given = values[0] if len(values) == 1 and dotted.startswith(_CURVES) else None
    if isinstance(given, Const) and isinstance(given.value, (int, float)) and are_settled([given]):
        found = at_number(dotted.partition(".")[2], given.value)
        if found is not None:
            return answer([given], found)
    return Const(None, known=False)


def _arrays_given(node: Node) -> list[Node]:
    """The arguments of a callable that is given arrays only: what numpy takes of it is an array too."""
    first, *given = [parent for parent, _ in node.edges] or [node]
    outside = node.op == "call" and first.source is not None and first.source.role == "callable"
    return given if outside and all(each.kind == "array" for each in given) else []


def _takes_arrays(interp: Interpreter, cause: Cause) -> bool:
    """Whether the running function says by its name that it is the numpy form of something."""
    function = interp.frame.function
    named = words(getattr(function, "name", ""))
    return cause is Cause.NUMPY and not {"numpy", "np"}.isdisjoint(named)
