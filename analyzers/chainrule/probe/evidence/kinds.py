"""What one probe measured, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from chainrule.findings import Verdict


class Outcome(str, Enum):
    """How the run ended. A crash, too, is a result."""

    OK = "ok"
    RAISED = "raised"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out-of-memory"
    NO_INPUTS = "no-inputs"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FiniteDifference:
    """Slopes of the loss along one random direction of the source: measured, and autograd's (None: it gives
    none)."""

    loss_change: float
    autograd: float | None
    agrees: bool
    reason: str = ""
    """Why they differ: the part of the dependence that is cut."""
    float64: bool = False
    """Measured in float64, to its precision; else in float32."""


@dataclass(frozen=True, slots=True)
class SourceEvidence:
    name: str
    verdict: Verdict
    grad_norm: float | None
    finite_difference: FiniteDifference | None


@dataclass(frozen=True, slots=True)
class CutEvidence:
    """An operation at which sources lost their gradient. Line and column are 1-based."""

    line: int
    column: int
    op: str
    verdict: Verdict
    sources: tuple[str, ...]
    reason: str
    path: str | None
    """The file, where it is another than the probed one."""


@dataclass(frozen=True, slots=True)
class ValueEvidence:
    name: str
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    grad_norm: float | None


@dataclass(frozen=True, slots=True)
class LineEvidence:
    line: int
    values: tuple[ValueEvidence, ...]


@dataclass(frozen=True, slots=True)
class EdgeEvidence:
    """One edge input. `line` is the first that gave NaN or inf; `reproduce` is Python that shows it; `edits`
    makes it out of variables that hold the arguments."""

    case: str
    verdict: Verdict
    sources: tuple[str, ...]
    line: int | None
    reproduce: str
    edits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LossEvidence:
    value: float | None
    shape: tuple[int, ...]
    dtype: str
    grad_fn: str | None


@dataclass(frozen=True, slots=True)
class BatchEvidence:
    """One batch size: seconds of the fastest run, and bytes at the peak on top of inputs and parameters (None
    where they are not known); or why it could not be measured."""

    batch: int
    forward_seconds: float | None
    backward_seconds: float | None
    peak_memory: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class InputsEvidence:
    """`tried` and `suggestion` (a comment to fill in) are there when no inputs were found."""

    origin: str
    arguments: Mapping[str, str]
    tried: tuple[str, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class ArgumentEvidence:
    """What one parameter got. `how` is "positional", "keyword", "star" or "double star"."""

    name: str
    text: str
    how: str


@dataclass(frozen=True, slots=True)
class CallEvidence:
    """All that another program needs to repeat the run, as Python; `self` stands for the object of a method.

    `loss` is the scalar loss in `returned`; `backward` says that the function calls it itself. `sources` are
    the expressions of the sources by name, and how each came to be one: "given" (it requires grad), "marked"
    (by the probe), "copied" (it was the result of other operations).
    """

    callee: str
    instance: str | None
    setup: str
    arguments: tuple[ArgumentEvidence, ...]
    seed: int
    loss: str
    backward: bool
    sources: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One probe of one loss. `raw` is the JSON object it was read from."""

    path: str
    function: str
    outcome: Outcome
    error: str | None
    device: str
    torch: str
    python: str
    seconds: float
    sandbox: str | None
    inputs: InputsEvidence
    call: CallEvidence | None
    loss: LossEvidence | None
    sources: tuple[SourceEvidence, ...]
    cuts: tuple[CutEvidence, ...]
    lines: tuple[LineEvidence, ...]
    edges: tuple[EdgeEvidence, ...]
    batches: tuple[BatchEvidence, ...]
    """As many of the batches that were asked for as were measured."""
    stdout: str
    forward_seconds: float | None
    backward_seconds: float | None
    """None where the loss calls backward itself, or backward raised."""
    peak_memory: int | None
    """Bytes on the device, on top of inputs and parameters; None on a CPU."""
    cpu_difference: float | None
    """Largest relative difference of a gradient from the CPU's; None on a CPU."""
    raw: Mapping[str, Any]

    @property
    def all_flow(self) -> bool:
        """Every source that takes part in the loss gets a finite gradient that is not zero."""
        fine = (Verdict.FLOWS, Verdict.UNUSED)
        return self.outcome is Outcome.OK and all(s.verdict in fine for s in self.sources)

    @property
    def exit_code(self) -> int:
        """0 every source flows, 1 some do not, 2 the loss could not run."""
        if self.outcome not in (Outcome.OK, Outcome.RAISED) or not self.sources:
            return 2
        return 0 if self.all_flow else 1
