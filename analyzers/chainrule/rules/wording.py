"""The parts that messages share."""

from __future__ import annotations

import ast

from chainrule.findings import Verdict
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.trace import Break
from chainrule.flow.judgement.alternatives import BRANCH

_LONGEST = 48


def names(found: Break, limit: int = 3) -> str:
    """`pred`, `self.scale` and 2 more: at most `limit` names, and no more than fit in a short message."""
    named = [source for source in found.sources if not source.name.startswith("<")]
    # Who is there to be trained comes without the data that went in beside it.
    learning = [source for source in named if source.role in STRONG]
    unique = list(dict.fromkeys(source.name for source in learning or named))
    if not unique:
        return "what it is computed from"
    fitting = [n for n in range(1, limit + 1) if sum(map(len, unique[:n])) <= _LONGEST]
    shown = [f"`{name}`" for name in unique[: fitting[-1] if fitting else 1]]
    rest = len(unique) - len(shown)
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def result(found: Break) -> str:
    """What happens to the sources, as the end of a sentence."""
    term = is_term(found)
    where = " through this term" if term else ""
    taken = " where this branch is taken" if found.note == BRANCH else ""
    if found.verdict is Verdict.ZERO:
        return f"the gradient of {names(found)}{where} is exactly zero{taken}"
    if term:
        return f"this term of the loss gives no gradient to {names(found)}"
    if found.raises:
        return f"backward raises before any gradient reaches {names(found)}"
    return f"no gradient reaches {names(found)}{taken}"


def is_term(found: Break) -> bool:
    """Whether only one term of the loss is cut, and others still train the sources."""
    return found.note == "term"


def code(found: Break, otherwise: str = "this expression") -> str:
    """The broken expression as it can stand in a sentence: `pred > 0.5`, `torch.histc(…)`."""
    return quoted(found.at, otherwise)


def quoted(node: ast.AST, otherwise: str) -> str:
    """The source of `node` in backticks, shortened to its function if it is a long call."""
    if not isinstance(node, ast.expr):
        return otherwise
    text = ast.unparse(node)
    if len(text) > _LONGEST and isinstance(node, ast.Call):
        text = f"{called(node)}(…)"
    return otherwise if len(text) > _LONGEST or "\n" in text else f"`{text}`"


def called(node: ast.AST) -> str:
    """How the function of a call is written: `torch.tensor`, or `.item` for a method of a long expression."""
    if not isinstance(node, ast.Call):
        return ""
    text = ast.unparse(node.func)
    if isinstance(node.func, ast.Attribute) and (len(text) > _LONGEST - 3 or "(" in text or "\n" in text):
        return f".{node.func.attr}"
    return text


def sentence(text: str) -> str:
    """`text` with its first letter as at the start of a sentence."""
    return text[:1].upper() + text[1:]
