"""The parts that messages share."""

from __future__ import annotations

from chainrule.flow.trace import Break


def names(found: Break, limit: int = 3) -> str:
    """`pred`, `self.scale` and 2 more."""
    unique = list(dict.fromkeys(source.name for source in found.sources if not source.name.startswith("<")))
    if not unique:
        return "what it is computed from"
    shown = [f"`{name}`" for name in unique[:limit]]
    rest = len(unique) - limit
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def result(found: Break) -> str:
    """What happens to the sources, as the end of a sentence."""
    if found.verdict.value == "zero":
        return f"the gradient of {names(found)} is exactly zero"
    if found.note == "term":
        return f"this term of the loss gives no gradient to {names(found)}"
    if found.raises:
        return f"backward raises before any gradient reaches {names(found)}"
    return f"no gradient reaches {names(found)}"
