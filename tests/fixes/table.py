"""Reads the before/after tables in `tables/*.md` and runs both versions under torch.

A table is a Markdown page. Every `##` section is one case:

    ## What is repaired
    - rule: CR701                    (a rewrite, which is found) or a cause such as `detach` (a repair,
                                     for the expression marked with « » in the first block)
    - inputs: pred=torch.rand(3, 5), target=torch.rand(3, 5)
    - gradient: pred                 (the inputs that should receive gradient; default: the first)
    - promise: safe | unsafe | disabled | silent
    - fix: a part of the title       (only where a break has several repairs)
    - reason: a part of the reason   (of a disabled repair)

followed by the code before and, unless disabled or silent, the code after. `import torch` and
`import torch.nn.functional as F` stand above every snippet that imports nothing. The last function is the
loss.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

HEADER = "import torch\nimport torch.nn.functional as F\n\n\n"
TABLES = Path(__file__).parent / "tables"
_FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Case:
    page: str
    title: str
    rule: str
    promise: str
    before: str
    after: str
    inputs: str
    gradient: tuple[str, ...]
    fix: str
    reason: str
    mark: tuple[int, int] | None
    marked: str

    def written(self, change: Callable[[str], str]) -> Case:
        """The same case with its code written otherwise."""
        before, mark = _unmarked(change(self.marked))
        return replace(
            self, before=before, mark=mark, after=change(self.after), inputs=change(self.inputs), marked=""
        )

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"


def cases() -> list[Case]:
    return [case for page in sorted(TABLES.glob("*.md")) for case in _page(page)]


def _page(path: Path) -> list[Case]:
    return [_section(path.stem, section) for section in path.read_text("utf-8").split("\n## ")[1:]]


def _section(page: str, section: str) -> Case:
    title, _, rest = section.partition("\n")
    said = dict(re.findall(r"^- (\w+): (.*)$", rest.split("```")[0], re.MULTILINE))
    snippets = [
        block if re.search(r"^(import|from) ", block, re.M) else HEADER + block
        for block in _FENCE.findall(rest)
    ]
    before, mark = _unmarked(snippets[0])
    inputs = said.pop("inputs", "")
    first = inputs.partition("=")[0].strip()
    return Case(
        page,
        title.strip(),
        said.pop("rule"),
        said.pop("promise"),
        before,
        snippets[1] if len(snippets) > 1 else "",
        inputs,
        tuple(name.strip() for name in said.pop("gradient", first).split(",") if name.strip()),
        said.pop("fix", ""),
        said.pop("reason", ""),
        mark,
        snippets[0],
    )


def _unmarked(text: str) -> tuple[str, tuple[int, int] | None]:
    start = text.find("«")
    if start < 0:
        return text, None
    return text.replace("«", "").replace("»", ""), (start, text.index("»") - 1)


@dataclass(frozen=True)
class Outcome:
    """What one run gave: the loss if it was computed, the error, and the gradient of every watched input."""

    loss: torch.Tensor | None
    error: str
    gradients: tuple[torch.Tensor | None, ...]

    def flows(self) -> bool:
        return not self.error and all(
            g is not None and bool(torch.isfinite(g).all()) and bool((g != 0).any()) for g in self.gradients
        )


def run(code: str, case: Case, seed: int) -> Outcome:
    """Call the last function of `code` with the case's inputs, made with this seed, and differentiate."""
    space: dict[str, Any] = {"__name__": "snippet"}
    torch.set_grad_enabled(True)
    torch.manual_seed(seed)
    exec(compile(code, "snippet", "exec"), space)
    torch.manual_seed(seed)
    arguments: dict[str, Any] = eval(f"dict({case.inputs})", {"torch": torch, **space})
    for name in case.gradient:
        arguments[name].requires_grad_(True)
    loss_name = [n.name for n in ast.parse(code).body if isinstance(n, ast.FunctionDef)][-1]
    watched = [arguments[name] for name in case.gradient]
    loss: Any = None
    try:
        loss = space[loss_name](**arguments)
        loss.sum().backward()
    except (RuntimeError, TypeError, AttributeError, ValueError) as error:
        value = torch.as_tensor(loss).detach() if isinstance(loss, torch.Tensor | float) else None
        return Outcome(value, str(error) or type(error).__name__, tuple(w.grad for w in watched))
    finally:
        torch.set_grad_enabled(True)
    return Outcome(loss.detach(), "", tuple(w.grad for w in watched))
