"""What was measured, in words."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from chainrule.findings import Verdict
from chainrule_server.evidence import Shown

if TYPE_CHECKING:
    from chainrule.probe.evidence import CutEvidence, Evidence, SourceEvidence, ValueEvidence

CHECK = "Check gradients"
HINT_LENGTH = 43
"""Characters of the hints of one line that VS Code shows (`editor.inlayHints.maximumLength`)."""

_GETS = {
    "flows": "gets a gradient",
    "cut": "gets no gradient",
    "zero": "gets a gradient of exactly zero",
    "nonfinite": "gets NaN or inf",
    "unused": "is not used",
    "unknown": "could not be decided",
}
_OUTCOMES = {
    "ok": "nothing to measure",
    "raised": "the loss raises",
    "timeout": "stopped",
    "crashed": "the process crashed",
    "out-of-memory": "not enough memory",
    "no-inputs": "no inputs found",
    "refused": "not run",
}


def norm(value: float) -> str:
    """A gradient norm in three digits."""
    return f"{value:.3g}" if math.isfinite(value) else str(value)


def gets(verdict: str) -> str:
    return _GETS.get(verdict, verdict)


def lens_title(shown: Shown | None) -> str:
    """The lens above a loss: an invitation, or the verdict and the invitation to look again."""
    if shown is None:
        return CHECK
    again = "check again" if shown.fresh else "measured before the last change, check again"
    return f"{summary(shown.evidence)} · {again}"


def summary(evidence: Evidence) -> str:
    """The verdict in one line."""
    if not evidence.sources:
        return f"✗ {trouble(evidence)}"
    parts = [_source(source, evidence) for source in evidence.sources]
    failing = sum(edge.verdict is Verdict.NONFINITE for edge in evidence.edges)
    if failing and all(source.verdict is not Verdict.NONFINITE for source in evidence.sources):
        parts.append(f"NaN or inf for {failing} unusual input{'s' if failing > 1 else ''}")
    return f"{'✓' if evidence.all_flow else '✗'} {', '.join(parts)}"


def trouble(evidence: Evidence) -> str:
    """Why there is no measurement; torch's own words, first line only."""
    said = (evidence.error or "").strip().splitlines()
    what = _OUTCOMES[evidence.outcome.value]
    return f"{what}: {said[0]}" if said else what


def _source(source: SourceEvidence, evidence: Evidence) -> str:
    if source.verdict.value == "flows" and source.grad_norm is not None:
        return f"{source.name} |g| {norm(source.grad_norm)}"
    where = [cut.line for cut in evidence.cuts if source.name in cut.sources and cut.path is None]
    return f"{source.name} {gets(source.verdict.value)}" + (f" (line {where[0]})" if where else "")


def hint(values: Sequence[ValueEvidence], sources: Container[str]) -> str:
    """The values of a line, the sources before others, as many as editors show of a hint."""
    labels = [value_label(value) for value in sorted(values, key=lambda value: value.name not in sources)]
    shown = len(labels)
    while shown > 1 and len(_hint(labels, shown)) > HINT_LENGTH:
        shown -= 1
    return _hint(labels, shown)


def _hint(labels: Sequence[str], shown: int) -> str:
    rest = len(labels) - shown
    return " · ".join([*labels[:shown], *([f"+{rest}"] if rest else [])])


def value_label(value: ValueEvidence) -> str:
    """One value of a line, in few characters: what arrives at it, and its shape."""
    shape = f"[{', '.join(map(str, value.shape))}]"
    if value.grad_norm is not None:
        return f"{value.name} |g| {norm(value.grad_norm)} {shape}"
    return f"{value.name} {shape} " + ("no gradient" if value.requires_grad else "no grad")


def value_table(values: Sequence[ValueEvidence]) -> str:
    """All that was measured of the values of a line, in Markdown."""
    lines = ["| value | shape | dtype | gradient |", "| --- | --- | --- | --- |"]
    for value in values:
        received = "requires none" if value.grad_norm is None else f"norm {norm(value.grad_norm)}"
        if value.requires_grad and value.grad_norm is None:
            received = "requires one, receives none"
        lines.append(f"| `{value.name}` | {list(value.shape)} | {value.dtype} | {received} |")
    return "\n".join(lines)


def report(shown: Shown) -> str:
    """The whole measurement in Markdown, for the hover."""
    evidence = shown.evidence
    lines = [f"**{evidence.function}**, measured" + ("" if shown.fresh else " before the last change"), ""]
    if evidence.error:
        lines += [trouble(evidence), ""]
    if evidence.sources:
        lines += ["| source | gradient | norm | finite differences |", "| --- | --- | --- | --- |"]
        lines += [_row(source) for source in evidence.sources]
        lines.append("")
    lines += [f"- {cut_message(cut)}" for cut in evidence.cuts]
    lines += [f"- {message}" for _, _, message in edge_messages(evidence)]
    if evidence.inputs.arguments:
        call = ", ".join(f"{name}={value}" for name, value in evidence.inputs.arguments.items())
        lines += ["", f"Inputs ({evidence.inputs.origin}): `{call}`"]
    elif evidence.inputs.suggestion:
        lines += ["", "Say them in a comment:", "```python", evidence.inputs.suggestion, "```"]
    where = evidence.device + (f", torch {evidence.torch}" if evidence.torch else "")
    loss = "" if evidence.loss is None or evidence.loss.value is None else f", loss {evidence.loss.value:.4g}"
    lines += ["", f"{where}, {evidence.seconds:.2g} s{loss}; {evidence.sandbox}"]
    return "\n".join(lines)


def _row(source: SourceEvidence) -> str:
    size = "" if source.grad_norm is None else norm(source.grad_norm)
    slopes = source.finite_difference
    checked = (
        "" if slopes is None else "agree" if slopes.agrees else f"**{slopes.loss_change:.3g}**: disagree"
    )
    return f"| `{source.name}` | {gets(source.verdict.value)} | {size} | {checked} |"


def cut_message(cut: CutEvidence) -> str:
    """A measured break."""
    where = f"{cut.path}, line {cut.line}: " if cut.path else ""
    because = f" ({cut.reason})" if cut.reason else ""
    return f"Measured: {where}after `{cut.op}` {names(cut.sources)} {gets(cut.verdict.value)}{because}."


def edge_messages(evidence: Evidence) -> Iterator[tuple[int | None, Verdict, str]]:
    """Where the gradient turns NaN or inf for unusual inputs: one sentence for all that fail alike.

    A gradient of zero at an extreme input is often right: a loss has one where it is smallest.
    """
    cases: dict[tuple[int | None, Verdict, tuple[str, ...]], list[str]] = {}
    for edge in evidence.edges:
        if edge.verdict is Verdict.NONFINITE:
            cases.setdefault((edge.line, edge.verdict, edge.sources), []).append(edge.case)
    for (line, verdict, sources), inputs in cases.items():
        yield line, verdict, f"Measured: with {'; '.join(inputs)}: {names(sources)} {gets(verdict.value)}."


def names(sources: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sources) or "the loss"
