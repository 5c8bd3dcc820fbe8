"""What one probe measured, typed. Made from what a worker sends, and back to the JSON of the command line."""

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
    stdout: str
    peak_memory: int | None
    """Bytes on the device; None on a CPU."""
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


def read_evidence(result: Mapping[str, Any], path: str = "", function: str = "") -> Evidence:
    """The evidence in what `Prober.run` returns; `path` and `function` are for results that carry none (a
    timeout)."""
    inputs = result.get("inputs") or {"origin": "none", "arguments": {}}
    loss = result.get("loss")
    return Evidence(
        path=result.get("path") or path,
        function=result.get("function") or function,
        outcome=Outcome(result["outcome"]),
        error=result.get("error"),
        device=result.get("device") or "cpu",
        torch=result.get("torch") or "",
        python=result.get("python") or "",
        seconds=float(result.get("seconds") or 0.0),
        sandbox=result.get("sandbox"),
        inputs=InputsEvidence(
            inputs["origin"],
            inputs["arguments"],
            tuple(inputs.get("tried", ())),
            inputs.get("suggestion", ""),
        ),
        call=_call(result.get("call")),
        loss=None
        if loss is None
        else LossEvidence(_number(loss["value"]), tuple(loss["shape"]), loss["dtype"], loss["grad_fn"]),
        sources=tuple(_source(s) for s in result.get("sources") or ()),
        cuts=tuple(_cut(c) for c in result.get("cuts") or ()),
        lines=tuple(
            LineEvidence(n["line"], tuple(_value(v) for v in n["values"])) for n in result.get("lines") or ()
        ),
        edges=tuple(
            EdgeEvidence(
                e["case"],
                Verdict(e["verdict"]),
                tuple(e["sources"]),
                e["line"],
                e.get("reproduce", ""),
                e.get("edits", {}),
            )
            for e in result.get("edges") or ()
        ),
        stdout=result.get("stdout") or "",
        peak_memory=result.get("peak_memory"),
        cpu_difference=_number(result.get("cpu_difference")),
        raw=result,
    )


def to_json(evidence: Evidence) -> dict[str, Any]:
    """The `P` of `chainrule probe --format json`; numbers that are not finite are the strings "nan", "inf",
    "-inf"."""
    empty: dict[str, Any] = {"loss": None, "sources": [], "cuts": [], "lines": [], "edges": [], "stdout": ""}
    known = {
        "path": evidence.path,
        "function": evidence.function,
        "outcome": evidence.outcome.value,
        "error": evidence.error,
        "device": evidence.device,
        "torch": evidence.torch,
        "python": evidence.python,
        "seconds": evidence.seconds,
        "sandbox": evidence.sandbox,
        "inputs": {"origin": evidence.inputs.origin, "arguments": dict(evidence.inputs.arguments)},
    }
    return {**known, **empty, **evidence.raw, "path": evidence.path, "function": evidence.function}


def _call(data: Mapping[str, Any] | None) -> CallEvidence | None:
    if data is None:
        return None
    return CallEvidence(
        data["callee"], data["instance"], data["setup"],
        tuple(ArgumentEvidence(a["name"], a["text"], a["how"]) for a in data["arguments"]),
        data["seed"], data["loss"], bool(data["backward"]),
        {name: (source["text"], source["made"]) for name, source in data["sources"].items()},
    )  # fmt: skip


def _source(data: Mapping[str, Any]) -> SourceEvidence:
    slopes = data.get("finite_difference")
    return SourceEvidence(
        data["name"],
        Verdict(data["verdict"]),
        _number(data["grad_norm"]),
        None
        if slopes is None
        else FiniteDifference(
            _number(slopes["loss_change"]) or 0.0,
            _number(slopes["autograd"]),
            bool(slopes["agrees"]),
            slopes.get("reason", ""),
            bool(slopes.get("float64")),
        ),
    )


def _cut(data: Mapping[str, Any]) -> CutEvidence:
    return CutEvidence(
        data["line"], data["column"], data["op"], Verdict(data["verdict"]), tuple(data["sources"]),
        data.get("reason", ""), data.get("path"),
    )  # fmt: skip


def _value(data: Mapping[str, Any]) -> ValueEvidence:
    return ValueEvidence(
        data["name"],
        tuple(data["shape"]),
        data["dtype"],
        bool(data["requires_grad"]),
        _number(data["grad_norm"]),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float, str)) else None
