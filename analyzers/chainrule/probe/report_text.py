"""Evidence as text for a terminal: the verdict of each source, and the source lines with what flowed through
them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from chainrule.findings import Verdict
from chainrule.probe.evidence import (
    CutEvidence,
    Evidence,
    Outcome,
    SourceEvidence,
    ValueEvidence,
)

MARKS = {
    Verdict.FLOWS: "ok", Verdict.CUT: "CUT", Verdict.ZERO: "ZERO", Verdict.NONFINITE: "NaN/inf",
    Verdict.UNUSED: "unused", Verdict.UNKNOWN: "?",
}  # fmt: skip
CONTEXT = 1
"""Lines shown around each annotated one."""
NOTES_AT = 70
"""The column of the note on a line's one value; several values, and those of longer lines, go below it."""


def render_text(evidence: Evidence, text: str) -> str:
    """The report on one probe; `text` is the text that was probed (its lines are quoted)."""
    parts = [headline(evidence), *_inputs(evidence)]
    if evidence.loss is not None:
        parts.append(f"  loss     {describe_loss(evidence)}")
    if evidence.error:
        parts += _error(evidence)
    parts += _sources(evidence.sources)
    parts += _listing(evidence, text.split("\n"))
    parts += _edges(evidence)
    parts += _batches(evidence)
    return "\n".join(parts) + "\n"


def headline(evidence: Evidence) -> str:
    """One line: what was probed, and how it went."""
    memory = f", {costs(evidence)}" if evidence.peak_memory is not None else ""
    if evidence.cpu_difference is not None:
        memory += f", gradients differ from the CPU's by {number(evidence.cpu_difference)}"
    ran = f"{evidence.device}, torch {evidence.torch}, {evidence.seconds * 1000:.0f} ms{memory}"
    return f"{evidence.path}::{evidence.function}  {summary(evidence)}  ({ran})"


def costs(evidence: Evidence) -> str:
    """Time of forward and backward, and what memory they took where that is known."""
    forward, backward = evidence.forward_seconds, evidence.backward_seconds
    found = [f"forward {duration(forward)}"] if forward is not None else []
    found += [f"backward {duration(backward)}"] if backward is not None else []
    found += [f"peak {size(evidence.peak_memory)}"] if evidence.peak_memory is not None else []
    return ", ".join(found)


def summary(evidence: Evidence) -> str:
    """What happened, in a few words."""
    if evidence.outcome not in (Outcome.OK, Outcome.RAISED):
        return {
            Outcome.NO_INPUTS: "no inputs found", Outcome.TIMEOUT: "timed out", Outcome.CRASHED: "crashed",
            Outcome.OUT_OF_MEMORY: "out of memory", Outcome.REFUSED: "refused",
        }[evidence.outcome]  # fmt: skip
    bad = [s for s in evidence.sources if s.verdict not in (Verdict.FLOWS, Verdict.UNUSED)]
    if not evidence.sources:
        return "nothing here should receive gradient"
    if bad:
        return f"gradient lost for {len(bad)} of {len(evidence.sources)} sources"
    if evidence.outcome is Outcome.RAISED:
        return "raises"
    slopes = [s.finite_difference for s in evidence.sources if _differs(s)]
    if wrong := sum(1 for each in slopes if each is not None and not each.reason):
        return f"gradient flows, but is wrong for {wrong} of {len(evidence.sources)} sources"
    edges = [e for e in evidence.edges if e.verdict is Verdict.NONFINITE]
    return "gradient flows" + (f", but {edges[0].case} gives NaN or inf" if edges else "")


def describe_loss(evidence: Evidence) -> str:
    loss = evidence.loss
    if loss is None:
        return "none"
    shape = f" {list(loss.shape)}" if loss.shape else ""
    return f"{number(loss.value)} ({loss.dtype}{shape}, grad_fn {loss.grad_fn or 'none'})"


def number(value: float | None) -> str:
    """A number as in a debugger: three or four digits, `none` where there is none."""
    if value is None:
        return "none"
    if math.isnan(value) or math.isinf(value):
        return str(value)
    return f"{value:.4g}"


def duration(seconds: float | None) -> str:
    """`0.31 ms`, `2.5 s`; `none` where it is not known."""
    if seconds is None:
        return "none"
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def size(count: int | None) -> str:
    """`512 B`, `3.1 KiB`, `1.2 GiB`; `none` where it is not known."""
    if count is None:
        return "none"
    value, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def _inputs(evidence: Evidence) -> list[str]:
    inputs = evidence.inputs
    if not inputs.arguments and not inputs.tried:
        return []
    lines = [f"  inputs   from {inputs.origin}"]
    lines += [f"             {name} = {text}" for name, text in inputs.arguments.items()]
    if inputs.tried:
        lines += ["  tried    " + inputs.tried[0], *(f"           {t}" for t in inputs.tried[1:])]
    if inputs.suggestion:
        lines += ["  say how to call it, in a comment above the function:", f"    {inputs.suggestion}"]
    return lines


def _error(evidence: Evidence) -> list[str]:
    first, *rest = (evidence.error or "").splitlines() or [""]
    return [f"  error    {first}", *(f"           {line}" for line in rest[:6])]


def _sources(sources: Iterable[SourceEvidence]) -> list[str]:
    every = list(sources)
    width = max((len(s.name) for s in every), default=0)
    return [f"  {mark(s):<8} {s.name:<{width}}  {explain_source(s)}".rstrip() for s in every]


def mark(source: SourceEvidence) -> str:
    """The verdict in a word; "differs" where gradient flows, but is not the slope of the loss."""
    return "differs" if _differs(source) else MARKS[source.verdict]


def _differs(source: SourceEvidence) -> bool:
    slopes = source.finite_difference
    return source.verdict is Verdict.FLOWS and slopes is not None and not slopes.agrees


def explain_source(source: SourceEvidence) -> str:
    """What autograd gave one source, and what finite differences say to that."""
    gradient = "no gradient" if source.grad_norm is None else f"|grad| {number(source.grad_norm)}"
    if source.verdict is Verdict.UNUSED:
        return "never enters the loss"
    slopes = source.finite_difference
    if slopes is None:
        return gradient
    change = number(slopes.loss_change)
    if source.verdict in (Verdict.CUT, Verdict.ZERO):
        if slopes.agrees:
            return f"{gradient}; small changes of it do not change the loss"
        return f"{gradient}, yet the loss changes with it (slope {change})"
    if slopes.agrees:
        return f"{gradient}; finite differences agree"
    if source.verdict is Verdict.NONFINITE:
        return f"{gradient}; the loss's own slope is {change}"
    why = f": {slopes.reason}" if slopes.reason else ", as a wrong custom backward gives"
    return f"{gradient}; autograd's slope is {number(slopes.autograd)}, the loss's is {change}{why}"


def _listing(evidence: Evidence, lines: list[str]) -> list[str]:
    """The probed lines with their values, and a caret where gradient was lost."""
    values = {line.line: line for line in evidence.lines}
    cuts: dict[int, list[CutEvidence]] = {}
    for cut in evidence.cuts:
        if cut.path is None:
            cuts.setdefault(cut.line, []).append(cut)
    shown = sorted({n for at in [*values, *cuts] for n in range(at - CONTEXT, at + CONTEXT + 1)})
    shown = [n for n in shown if 0 < n <= len(lines)]
    if not shown:
        return []
    gutter = len(str(shown[-1]))
    out = [""]
    previous = shown[0] - 1
    for at in shown:
        if at != previous + 1:
            out.append(f"  {'…':>{gutter}}")
        previous = at
        quoted = f"  {at:>{gutter}} | {lines[at - 1]}"
        notes = [describe_value(v) for v in values[at].values] if at in values else []
        if len(notes) == 1 and len(quoted) <= NOTES_AT:
            out.append(f"{quoted:<{NOTES_AT}}  # {notes[0]}")
        else:
            indent = " " * (len(lines[at - 1]) - len(lines[at - 1].lstrip()) + 4)
            out += [quoted.rstrip(), *(f"  {'':>{gutter}} | {indent}# {note}" for note in notes)]
        out += [_caret(cut, gutter) for cut in cuts.get(at, [])]
    out += [f"  {c.path}:{c.line}:{c.column}: {lost(c)}" for c in evidence.cuts if c.path is not None]
    return out


def describe_value(value: ValueEvidence) -> str:
    """`x [4, 10] float32, |grad| 0.31`."""
    if value.grad_norm is not None:
        gradient = f"|grad| {number(value.grad_norm)}"
    else:
        gradient = "requires grad, receives none" if value.requires_grad else "no grad"
    return f"{value.name} {list(value.shape)} {value.dtype}, {gradient}"


def _caret(cut: CutEvidence, gutter: int) -> str:
    return f"  {'':>{gutter}} | {' ' * (cut.column - 1)}{'^' * max(1, len(cut.op))} {lost(cut)}"


def lost(cut: CutEvidence) -> str:
    """What is lost at a cut, for whom, and why."""
    what = {
        Verdict.ZERO: "gradient becomes zero here", Verdict.NONFINITE: "gradient becomes NaN or inf here",
    }.get(cut.verdict, "gradient is cut here")  # fmt: skip
    names = ", ".join(cut.sources[:4]) + (f" and {len(cut.sources) - 4} more" if len(cut.sources) > 4 else "")
    return f"{what} for {names}" + (f": {cut.reason}" if cut.reason else "")


def _edges(evidence: Evidence) -> list[str]:
    bad = [e for e in evidence.edges if e.verdict in (Verdict.NONFINITE, Verdict.CUT)]
    fine = [e.case for e in evidence.edges if e not in bad]
    lines = ["", "  edge inputs"] if evidence.edges else []
    for edge in bad:
        where = f", first on line {edge.line}" if edge.line is not None else ""
        lines.append(f"  {MARKS[edge.verdict]:<8} {edge.case}: {', '.join(edge.sources)}{where}")
        if edge.reproduce:
            lines.append(f"             {edge.reproduce}")
    if fine:
        lines.append(f"  {'ok':<8} {', '.join(fine)}")
    return lines


def _batches(evidence: Evidence) -> list[str]:
    if not evidence.batches:
        return []
    lines = ["", f"  batch       forward    backward      memory   ({evidence.device})"]
    for each in evidence.batches:
        if each.error is not None:
            lines.append(f"  {each.batch:<8} {each.error}")
            continue
        forward, backward = duration(each.forward_seconds), duration(each.backward_seconds)
        lines.append(f"  {each.batch:<8} {forward:>10}  {backward:>10}  {size(each.peak_memory):>10}")
    return lines
