"""What was measured, in words."""

from __future__ import annotations

from chainrule_server.evidence import FLOWS, OK, Cut, Edge, Evidence, MeasuredSource, Shown, Value

CHECK = "Check gradients"

_GETS = {
    "flows": "gets a gradient",
    "cut": "gets no gradient",
    "zero": "gets a gradient of exactly zero",
    "nonfinite": "gets NaN or inf",
    "unused": "is not used",
    "unknown": "could not be decided",
}
_OUTCOMES = {
    "raised": "the loss raises",
    "timeout": "the run took too long and was stopped",
    "crashed": "the process crashed",
    "out-of-memory": "there was not enough memory",
    "no-inputs": "no inputs were found",
    "refused": "it was refused",
}


def norm(value: float) -> str:
    """A gradient norm in three digits."""
    return f"{value:.3g}"


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
    if evidence.outcome != OK and not evidence.sources:
        return f"✗ {trouble(evidence)}"
    parts = [_source(source, evidence) for source in evidence.sources]
    mark = "✓" if evidence.flows else "✗"
    return f"{mark} {', '.join(parts)}" if parts else f"✗ no source to measure in {evidence.function}"


def trouble(evidence: Evidence) -> str:
    """Why there is no measurement; torch's own words, first line only."""
    said = evidence.error.strip().splitlines()
    what = _OUTCOMES.get(evidence.outcome, evidence.outcome)
    return f"{what}: {said[0]}" if said else what


def _source(source: MeasuredSource, evidence: Evidence) -> str:
    if source.verdict == FLOWS and source.grad_norm is not None:
        return f"{source.name} |g| {norm(source.grad_norm)}"
    where = [cut.line for cut in evidence.cuts if source.name in cut.sources]
    return f"{source.name} {gets(source.verdict)}" + (f" (line {where[0]})" if where else "")


def value_label(value: Value) -> str:
    """One value of a line, as the inlay hint shows it."""
    shape = f"[{', '.join(map(str, value.shape))}]"
    if value.grad_norm is not None:
        return f"{value.name} {shape} |g| {norm(value.grad_norm)}"
    return f"{value.name} {shape} " + ("no gradient arrives" if value.requires_grad else "no grad")


def report(shown: Shown) -> str:
    """The whole measurement in Markdown, for the hover."""
    evidence = shown.evidence
    lines = [f"**{evidence.function}**, measured" + ("" if shown.fresh else " before the last change"), ""]
    if evidence.outcome != OK:
        lines += [f"{trouble(evidence)}", ""]
    if evidence.sources:
        lines += ["| source | gradient | norm | finite differences |", "| --- | --- | --- | --- |"]
        lines += [_row(source) for source in evidence.sources]
        lines.append("")
    lines += [f"- line {cut.line}: `{cut.op}` ends the path of {names(cut.sources)}" for cut in evidence.cuts]
    lines += [_edge(edge.case, edge.verdict, edge.sources, edge.line) for edge in evidence.edges]
    if evidence.arguments:
        call = ", ".join(f"{name}={value}" for name, value in evidence.arguments.items())
        lines += ["", f"Inputs ({evidence.origin}): `{call}`"]
    if evidence.device:
        lines += [
            "",
            f"{evidence.device}, {evidence.seconds:.2g} s"
            + (f", loss {evidence.loss}" * bool(evidence.loss)),
        ]
    return "\n".join(lines)


def cut_message(cut: Cut) -> str:
    """The diagnostic of a measured break."""
    return f"Measured: after {cut.op}, {names(cut.sources)} {gets(cut.verdict)}."


def edge_message(edge: Edge) -> str:
    """The diagnostic of an input for which the gradient fails."""
    return f"Measured: with {edge.case}, {names(edge.sources) or 'the loss'} {gets(edge.verdict)}."


def _row(source: MeasuredSource) -> str:
    size = "" if source.grad_norm is None else norm(source.grad_norm)
    checked = {True: "agree", False: "**disagree**", None: ""}[source.agrees]
    return f"| `{source.name}` | {gets(source.verdict)} | {size} | {checked} |"


def _edge(case: str, verdict: str, sources: tuple[str, ...], line: int | None) -> str:
    where = f", first on line {line}" if line else ""
    return f"- {case}: {names(sources) or 'the loss'} {gets(verdict)}{where}"


def names(sources: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in sources)
