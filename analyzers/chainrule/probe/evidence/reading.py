"""Evidence from what a worker sends, and back to the JSON of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.findings import Verdict
from chainrule.probe.evidence.kinds import (
    ArgumentEvidence,
    BatchEvidence,
    CallEvidence,
    CutEvidence,
    EdgeEvidence,
    Evidence,
    FiniteDifference,
    InputsEvidence,
    LineEvidence,
    LossEvidence,
    Outcome,
    SourceEvidence,
    ValueEvidence,
)


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
        batches=tuple(_batch(b) for b in result.get("batches") or ()),
        stdout=result.get("stdout") or "",
        forward_seconds=result.get("forward_seconds"),
        backward_seconds=result.get("backward_seconds"),
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


def _batch(data: Mapping[str, Any]) -> BatchEvidence:
    return BatchEvidence(
        data["batch"], data["forward_seconds"], data["backward_seconds"], data["peak_memory"], data["error"]
    )


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
