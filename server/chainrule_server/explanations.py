"""What the analysis knows about rules and operators, in Markdown. The words are the analysis's own."""

from __future__ import annotations

from chainrule.findings import Position, Range

_GRADIENT = {
    "flows": "gradient flows",
    "zero": "gradient is zero",
    "cut": "no gradient",
    "raises": "backward raises",
}


def rule_page(code: str) -> str | None:
    """The page of a rule, as `chainrule explain CODE` prints it; None for an unknown code."""
    from chainrule.catalogue import BY_CODE

    entry = BY_CODE.get(code)
    if entry is None:
        return None
    return f"# {entry.code} {entry.name}\n\n{entry.summary}.\n\n{entry.doc.strip()}\n"


def operator_card(text: str, place: Position) -> tuple[str, Range] | None:
    """What the operator at a place does to the gradient, and where it is written; None if unknown."""
    from chainrule.catalogue import explain_at

    found = explain_at(text, place)
    if found is None:
        return None
    explanation, where = found
    lines = [f"`{explanation.operator}`: what reaches its inputs", ""]
    lines += [
        f"- through `{output.name}`: {_GRADIENT[output.gradient.value]}" for output in explanation.outputs
    ]
    lines += [f"- {note}" for note in explanation.notes]
    lines += ["", f"Source: {explanation.source}"]
    return "\n".join(lines), where
