"""The import table of a file: from local spelling to dotted name, and back."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache

from chainrule.syntax import children, walk_tree

# One name for what torch exports under several.
_CANONICAL = {
    "torch.nn.parameter.Parameter": "torch.nn.Parameter",
    "torch.autograd.variable.Variable": "torch.autograd.Variable",
    "torch.autograd.function.Function": "torch.autograd.Function",
    "torch.autograd.grad_mode.no_grad": "torch.no_grad",
    "torch.autograd.no_grad": "torch.no_grad",
    "torch.autograd.enable_grad": "torch.enable_grad",
    "torch.autograd.set_grad_enabled": "torch.set_grad_enabled",
    "torch.autograd.inference_mode": "torch.inference_mode",
}
_NN_FOLDERS = frozenset(
    """activation adaptive batchnorm container conv distance dropout embedding flatten fold instancenorm
    linear loss module normalization padding pixelshuffle pooling rnn sparse transformer upsampling""".split()
)


@lru_cache(maxsize=4096)
def canonical(dotted: str) -> str:
    """`torch.nn.modules.loss.MSELoss` → `torch.nn.MSELoss`; other names are returned as they are."""
    if not dotted.startswith("torch."):
        return dotted
    known = _CANONICAL.get(dotted)
    if known is not None:
        return known
    if dotted.startswith("torch.nn.modules."):
        parts = [part for part in dotted.split(".")[3:] if part not in _NN_FOLDERS]
        return ".".join(("torch.nn", *parts))
    if dotted.startswith("torch.distributions."):
        parts = dotted.split(".")
        if len(parts) == 4 and parts[2].islower() and parts[3][:1].isupper():
            return f"torch.distributions.{parts[3]}"
    if dotted.startswith("torch.functional."):
        return "torch." + dotted[len("torch.functional.") :]
    return dotted


class Names:
    """What the names bound by import statements stand for.

    `package` is the dotted package of the file ("" at the top), for relative imports.
    """

    def __init__(self, package: str = "") -> None:
        self.package = package
        self.bound: dict[str, str] = {}
        self.stars: list[str] = []

    def binds_as(self, other: Names) -> bool:
        """Whether the same names stand for the same, here and in another version of the file."""
        return self.bound == other.bound and self.stars == other.stars

    def add(self, statements: Iterable[ast.stmt]) -> None:
        """Record the import statements among `statements`, also below `if`, `try` and `with`."""
        for statement in statements:
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.asname:
                        self.bound[alias.asname] = canonical(alias.name)
                    else:
                        top = alias.name.split(".")[0]
                        self.bound[top] = top
            elif isinstance(statement, ast.ImportFrom):
                base = self._absolute(statement)
                for alias in statement.names:
                    if alias.name == "*":
                        self.stars.append(base)
                    else:
                        full = f"{base}.{alias.name}" if base else alias.name
                        self.bound[alias.asname or alias.name] = canonical(full)
            elif isinstance(statement, (ast.If, ast.Try, ast.With)):
                self.add(child for child in children(statement) if isinstance(child, ast.stmt))

    def within(self, function: ast.FunctionDef | ast.AsyncFunctionDef | None) -> Names:
        """The names that are known in a function: with those that its own statements import."""
        imports = (ast.Import, ast.ImportFrom)
        if function is None or not any(isinstance(each, imports) for each in walk_tree(function)):
            return self
        inner = Names(self.package)
        inner.bound, inner.stars = dict(self.bound), list(self.stars)
        inner.add(function.body)
        return inner

    def _absolute(self, statement: ast.ImportFrom) -> str:
        module = statement.module or ""
        if not statement.level:
            return module
        parts = self.package.split(".") if self.package else []
        kept = parts[: len(parts) - (statement.level - 1)]
        return ".".join((*kept, module)) if module else ".".join(kept)

    def resolve(self, expression: ast.expr) -> str | None:
        """The dotted name behind a `Name` or a chain of attributes on an imported name, else None."""
        parts: list[str] = []
        while isinstance(expression, ast.Attribute):
            parts.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name):
            return None
        base = self.bound.get(expression.id)
        if base is None:
            return None
        if not parts:
            return base
        return canonical(".".join((base, *reversed(parts))))

    def spell(self, dotted: str) -> tuple[str, str | None]:
        """How this file writes `dotted`, and the import statement to add where it can't yet."""
        best: str | None = None
        for local, target in self.bound.items():
            if dotted == target:
                candidate = local
            elif dotted.startswith(target + "."):
                candidate = local + dotted[len(target) :]
            else:
                continue
            if best is None or len(candidate) < len(best):
                best = candidate
        if best is not None:
            return best, None
        if dotted.startswith("torch.nn.functional."):
            return "F." + dotted.rsplit(".", 1)[1], "import torch.nn.functional as F"
        return dotted, f"import {dotted.split('.')[0]}"
