"""The words for what an operator does to a gradient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Gradient(str, Enum):
    """What reaches an operator's inputs through one of its outputs."""

    FLOWS = "flows"
    ZERO = "zero"
    """The output has a grad_fn, and the gradient behind it is zero for every value of the inputs."""
    CUT = "cut"
    """The output has no grad_fn, or is not a tensor."""
    RAISES = "raises"
    """Backward raises: PyTorch has no derivative."""


class Reason(str, Enum):
    """Why no gradient comes through; the values are those of `Cause` in the flow layer where one fits."""

    COMPARISON = "comparison"
    INDEX = "index"
    PYTHON_SCALAR = "python-scalar"
    NUMPY = "numpy"
    REBUILD = "tensor-rebuild"
    INTEGER_CAST = "integer-cast"
    NONDIFFERENTIABLE = "nondifferentiable"
    REWRAP = "parameter-rewrap"
    SAMPLING = "sampling"
    NOT_IMPLEMENTED = "not-implemented"
    EXTERNAL = "external"
    VARIABLE = "variable"
    DETACH = "detach"
    ROUNDING = "rounding"
    NEAREST = "nearest-sampling"
    CREATE_GRAPH = "create-graph"
    CONSTANT = "constant"
    """The output depends on no value of the inputs (`zeros_like`, `x.shape`): nothing is lost there."""


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    gradient: Gradient
    saved: bool = False
    """Backward needs this output: changing it in place makes backward raise."""
    dtype: str | None = None
    """"bool" or "int" when the result is so for floating inputs."""
    reason: Reason | None = None
    """Why `gradient` is not `FLOWS`."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A value of one argument under which the operator treats gradients differently.

    `value` is the source text of a literal (`"'nearest'"`, `"0"`, `"True"`). `outputs` replaces the outputs;
    `nondifferentiable` and `zero` add inputs that then get no, or a zero, gradient.
    """

    argument: str
    value: str
    outputs: tuple[Output, ...]
    nondifferentiable: frozenset[str] = frozenset()
    zero: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator, function, method or layer as users call it.

    A method's receiver is the first argument, called `input` where `torch.name` calls it so. Inputs in
    none of `nondifferentiable`, `zero` and `raising` get a gradient from the outputs that flow.
    """

    name: str
    arguments: tuple[str, ...]
    """Positional arguments first, in order, then those by keyword only."""
    positional: int
    """How many of `arguments` may be given by position."""
    tensors: frozenset[str]
    """The arguments that take tensors."""
    outputs: tuple[Output, ...]
    nondifferentiable: frozenset[str] = frozenset()
    zero: frozenset[str] = frozenset()
    raising: frozenset[str] = frozenset()
    saves: frozenset[str] = frozenset()
    """The inputs that backward needs: changing them in place makes backward raise."""
    needed_for: frozenset[tuple[str, str]] = frozenset()
    """Pairs (saved, other): `saved` is kept only if `other` requires grad, as each factor of a product is."""
    inplace: bool = False
    view: bool = False
    """The result shares the storage of the first argument (for `reshape` and its like: may share)."""
    casts: bool = False
    """The dtype of the result is given by an argument, as in `to` and `type`; see `dtype_kind`."""
    builds: str | None = None
    """For the constructor of a layer or loss: the name to look up for a call of what it makes."""
    overloads: tuple[Operator, ...] = ()
    """Other ways to call it that give other outputs: `max(input)` beside `max(input, dim)`."""
    conditions: tuple[Condition, ...] = ()
    source: str = ""
    """Where the fact comes from, for users to read."""

    @property
    def gradient(self) -> Gradient:
        """What reaches the inputs through the first output, the one that `f(x)` alone stands for."""
        return self.outputs[0].gradient if self.outputs else Gradient.CUT

    @property
    def reason(self) -> Reason | None:
        return self.outputs[0].reason if self.outputs else None

    @property
    def result_dtype(self) -> str | None:
        return self.outputs[0].dtype if self.outputs else None

    @property
    def saves_result(self) -> bool:
        return any(output.saved for output in self.outputs)

    def given(self, argument: str, value: str) -> Operator:
        """The operator when `argument` is the literal `value` (source text); itself if nothing changes."""
        for condition in self.conditions:
            if condition.argument == argument and condition.value == value:
                return replace(
                    self,
                    outputs=condition.outputs,
                    nondifferentiable=self.nondifferentiable | condition.nondifferentiable,
                    zero=self.zero | condition.zero,
                    conditions=(),
                    overloads=(),
                )
        return self
