"""Evidence as one self-contained page: no scripts, no links, light and dark, readable without colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from chainrule.findings import Verdict
from chainrule.probe.evidence import (
    CutEvidence,
    EdgeEvidence,
    Evidence,
    LineEvidence,
    SourceEvidence,
    ValueEvidence,
)
from chainrule.probe.report_text import (
    MARKS,
    costs,
    describe_loss,
    describe_value,
    duration,
    explain_source,
    lost,
    mark,
    size,
    summary,
)

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --page: #fff; --box: #f6f8fa;
  --line: #d1d9e0; --bad: #b3261e; --good: #1a7f37; --warn: #8a5a00; --hit: #fff1f0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --page: #0d1117;
  --box: #151b23; --line: #3d444d; --bad: #ff8e86; --good: #4fd06b; --warn: #e3b341; --hit: #3a1d1d; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.3rem; } h3 { font-size: 0.95rem; }
h2 { font-size: 1.05rem; margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1rem;
  overflow-wrap: anywhere; }
a { color: inherit; }
h2 code { font-size: 1rem; }
code, pre, td.code { font: 13px/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: 0.2rem 0.8rem 0.2rem 0; vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
.scroll { overflow-x: auto; background: var(--box); border: 1px solid var(--line); border-radius: 6px;
  padding: 0.5rem; }
.scroll td { padding: 0 0.8rem 0 0; white-space: pre; }
.scroll td.at { border-left: 3px solid transparent; padding-left: 0.4rem; color: var(--soft);
  text-align: right; }
.scroll td.flows { border-left-color: var(--good); } .scroll td.fades { border-left-color: var(--warn); }
.scroll td.breaks { border-left: 3px dashed var(--bad); }
.note { color: var(--soft); }
tr.hit td { background: var(--hit); }
.caret { color: var(--bad); font-weight: 600; }
.bad { color: var(--bad); font-weight: 700; }
.good { color: var(--good); }
.warn { color: var(--warn); font-weight: 700; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: inline-block; height: 0.7rem; background: var(--soft); border-radius: 2px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--box);
  border-left: 3px solid var(--bad); padding: 0.5rem; }
"""
_CLASSES = {Verdict.FLOWS: "good", Verdict.CUT: "bad", Verdict.NONFINITE: "bad", Verdict.ZERO: "warn"}


def render_html(probes: Sequence[tuple[Evidence, str]]) -> str:
    """One page for several probes, each with the text that was probed."""
    flowing = sum(e.all_flow for e, _ in probes)
    title = f"Gradients of {len(probes)} {'loss' if len(probes) == 1 else 'losses'}"
    contents = "".join(
        f'<li><a href="#p{at}"><code>{escape(e.function)}</code></a>: {escape(summary(e))}</li>'
        for at, (e, _) in enumerate(probes)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{title}</h1><p>All sources flow in {flowing} of {len(probes)}.</p><ul>{contents}</ul>"
        + "".join(_probe(at, evidence, text) for at, (evidence, text) in enumerate(probes))
        + "</body></html>\n"
    )


def _probe(at: int, evidence: Evidence, text: str) -> str:
    versions = f"torch {evidence.torch}, Python {evidence.python}"
    ran = f"{evidence.device}, {versions}, {evidence.seconds * 1000:.0f} ms"
    ran += f"; {costs(evidence)}" if costs(evidence) else ""
    sandbox = f", sandbox: {evidence.sandbox}" if evidence.sandbox else ""
    parts = [
        f'<section id="p{at}"><h2><code>{escape(evidence.path)}::{escape(evidence.function)}</code></h2>',
        f"<p><strong>{escape(summary(evidence))}</strong>",
        f" <span class=note>({escape(ran + sandbox)})</span></p>",
    ]
    if evidence.error:
        parts.append(f"<pre>{escape(evidence.error)}</pre>")
    parts += [
        _inputs(evidence),
        _sources(evidence),
        _listing(evidence, text.split("\n")),
        _edges(evidence.edges),
        _batches(evidence),
    ]
    if evidence.stdout:
        parts.append(
            f"<details><summary>What it printed</summary><pre>{escape(evidence.stdout)}</pre></details>"
        )
    return "".join(parts) + "</section>"


def _inputs(evidence: Evidence) -> str:
    inputs = evidence.inputs
    rows = "".join(
        f"<tr><td class=code>{escape(name)}</td><td class=code>{escape(text)}</td></tr>"
        for name, text in inputs.arguments.items()
    )
    table = f"<h3>Inputs, from {escape(inputs.origin)}</h3><table>{rows}</table>" if rows else ""
    if inputs.tried:
        tried = "".join(f"<li><code>{escape(t)}</code></li>" for t in inputs.tried)
        table += f"<h3>Tried</h3><ul>{tried}</ul>"
    if inputs.suggestion:
        table += "<p>Say how to call it, in a comment above the function:</p>"
        table += f"<pre>{escape(inputs.suggestion)}</pre>"
    loss = f"<p>Loss: <code>{escape(describe_loss(evidence))}</code></p>" if evidence.loss is not None else ""
    return table + loss


def _mark(verdict: Verdict) -> str:
    return f'<span class="{_CLASSES.get(verdict, "note")}">{MARKS[verdict]}</span>'


def _source_mark(source: SourceEvidence) -> str:
    word = mark(source)
    return _mark(source.verdict) if word == MARKS[source.verdict] else f'<span class="warn">{word}</span>'


def _sources(evidence: Evidence) -> str:
    if not evidence.sources:
        return ""
    rows = "".join(
        f"<tr><td>{_source_mark(s)}</td><td class=code>{escape(s.name)}</td>"
        f"<td>{escape(explain_source(s))}</td></tr>"
        for s in evidence.sources
    )
    return f"<h3>Sources</h3><table><tr><th>verdict<th>source<th>what was measured</tr>{rows}</table>"


def _listing(evidence: Evidence, lines: Sequence[str]) -> str:
    """The whole span of probed lines, so that the page can be read without the file."""
    values = {line.line: line for line in evidence.lines}
    cuts: dict[int, list[CutEvidence]] = {}
    for cut in evidence.cuts:
        if cut.path is None:
            cuts.setdefault(cut.line, []).append(cut)
    touched = [n for n in (*values, *cuts) if 0 < n <= len(lines)]
    if not touched:
        return ""
    rows = []
    for at in range(max(1, min(touched) - 1), min(len(lines), max(touched) + 1) + 1):
        rows.append(_row(at, lines[at - 1], values.get(at), cuts.get(at, [])))
    elsewhere = "".join(
        f"<p>{escape(f'{c.path}:{c.line}:{c.column}')}: {escape(lost(c))}</p>"
        for c in evidence.cuts
        if c.path
    )
    return f"<h3>Line by line</h3><div class=scroll><table>{''.join(rows)}</table></div>{elsewhere}"


def _row(at: int, text: str, line: LineEvidence | None, cuts: Iterable[CutEvidence]) -> str:
    values = line.values if line is not None else ()
    note = "<br>".join(escape(describe_value(v)) for v in values)
    found = list(cuts)
    flow = _flow(values)
    row = f"<tr{' class=hit' if found else ''}><td class='at code {flow}'>{at}</td>"
    row += f"<td class=code>{escape(text)}</td><td class='note code'>{note}</td></tr>"
    for cut in found:
        caret = " " * (cut.column - 1) + "^" * max(1, len(cut.op)) + " " + lost(cut)
        row += f"<tr class=hit><td></td><td class='code caret' colspan=2>{escape(caret)}</td></tr>"
    return row


def _flow(values: Sequence[ValueEvidence]) -> str:
    """What a line's values say of the gradient there; the words beside it say the same."""
    norms = [v.grad_norm for v in values if v.grad_norm is not None]
    if any(not math.isfinite(norm) for norm in norms):
        return "breaks"
    if any(norms):
        return "flows"
    return "fades" if norms else "breaks" if any(v.requires_grad for v in values) else "plain"


def _batches(evidence: Evidence) -> str:
    """Time and memory by batch size; the bars compare the memory."""
    if not evidence.batches:
        return ""
    most = max([b.peak_memory or 0 for b in evidence.batches]) or 1
    rows = ""
    for each in evidence.batches:
        rows += f"<tr><td class=number>{each.batch}</td>"
        if each.error is not None:
            rows += f"<td colspan=4>{escape(each.error)}</td></tr>"
            continue
        for text in (duration(each.forward_seconds), duration(each.backward_seconds), size(each.peak_memory)):
            rows += f"<td class=number>{text}</td>"
        width = 100 * (each.peak_memory or 0) / most
        rows += f'<td><span class=bar style="width:{width:.1f}px"></span></td></tr>'
    head = "<tr><th>batch<th>forward<th>backward<th>peak memory<th></tr>"
    return f"<h3>Growing batches on {escape(evidence.device)}</h3><table>{head}{rows}</table>"


def _edges(edges: Sequence[EdgeEvidence]) -> str:
    if not edges:
        return ""
    rows = ""
    for edge in edges:
        where = f"line {edge.line}" if edge.line is not None else ""
        shown = f"<code>{escape(edge.reproduce)}</code>" if edge.reproduce else ""
        names = escape(", ".join(edge.sources))
        rows += f"<tr><td>{_mark(edge.verdict)}</td><td>{escape(edge.case)}</td><td class=code>{names}</td>"
        rows += f"<td>{where}</td><td>{shown}</td></tr>"
    head = "<tr><th>verdict<th>input<th>sources<th>first<th>to see it</tr>"
    return f"<h3>Edge inputs</h3><div class=scroll><table>{head}{rows}</table></div>"
