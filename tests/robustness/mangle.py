"""Programs as an editor sees them: generated, cut off, with tokens swapped, in odd encodings.

Everything is drawn from a `random.Random`, so a seed names a program.
"""

from __future__ import annotations

import random
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = sorted((HERE.parent / "programs" / "cases").glob("*.py"))

NAMES = ("x", "pred", "target", "loss", "self", "out", "i", "torch", "F", "mask", "model")
CALLS = (
    "torch.topk({0}, 3)[1]",
    "{0}.detach()",
    "{0}.item()",
    "torch.where({0} > 0, {1}, {0})",
    "F.one_hot({0}.argmax(1), 5)",
    "torch.stack([{0} for i in {1}])",
    "{0}[{1}]",
    "{0}[..., None, 1:]",
    "({0} if {1} else {0})",
    "(lambda x: {0})({1})",
    "{0}.numpy()",
    "max({0}, {1})",
    "sum(p * {0} for p in {1})",
    "f(*{0}, **{1})",
    "(y := {0})",
    "torch.no_grad()({0})",
    "{0} @ {1}",
    "await_({0})",
    "{{**{0}, 'k': {1}}}",
    "[*{0}, {1}]",
    "f'{{{0}!r:>{{{1}}}}}'",
    "not {0} <= {1} < {0}",
    "-{0} // {1} % 2 ** {0}",
)
STATEMENTS = (
    "{0} = {1}",
    "{0} += {1}",
    "{0}, (*{2}, y) = {1}",
    "{0}[{1}] = {2}",
    "{0}.data = {1}",
    "self.{0} = {1}",
    "del {0}",
    "return {1}",
    "{1}.backward()",
    "assert {1}, {2}",
    "raise ValueError({1}) from {2}",
    "global {0}",
    "{0}: Tensor = {1}",
    "yield {1}",
    "pass",
    "import torch as {0}",
    "from torch import *",
)
COMPOUND = (
    "if {1}:",
    "while {1}:",
    "for {0} in {1}:",
    "for {0}, y in zip({1}, {2}):",
    "with torch.no_grad():",
    "with {1} as {0}, {2}:",
    "try:",
    "def {0}(x, *args, y={1}, **kw):",
    "async def {0}(pred, /, target):",
    "class {0}(nn.Module):",
    "class {0}(torch.autograd.Function):",
    "@torch.no_grad()\n{indent}def {0}(self, pred, target):",
    "match {1}:\n{indent}    case [{0}, *_] if {2}:",
    "match {1}:\n{indent}    case {{'k': Point(x={0})}} | None:",
)
ODD = (*"\x00\ufeff\r\f\té名𝜆\u2028\x1a'(]\\@*", '"""', ":=")


def generated(chance: random.Random) -> str:
    """A program of random statements; most parse."""
    lines = ["import torch", "import torch.nn.functional as F", "from torch import nn, Tensor", ""]
    for _ in range(chance.randint(1, 4)):
        lines += _block(chance, 0, chance.randint(1, 4))
    return "\n".join(lines) + chance.choice(("", "\n"))


def _block(chance: random.Random, depth: int, size: int) -> list[str]:
    indent = "    " * depth
    lines = []
    for _ in range(size):
        parts = (chance.choice(NAMES), _expression(chance, 3), _expression(chance, 2))
        if depth < 5 and chance.random() < 0.4:
            head = chance.choice(COMPOUND)
            lines.append(indent + head.format(*parts, indent=indent))
            inner = depth + (2 if head.startswith("match") else 1)
            lines += _block(chance, inner, chance.randint(1, 3))
            if head == "try:":
                lines += [f"{indent}except {chance.choice(NAMES)} as e:", f"{indent}    pass"]
        else:
            lines.append(indent + chance.choice(STATEMENTS).format(*parts))
    return lines


def _expression(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.25:
        return chance.choice((*NAMES, "0", "1.5", "None", "...", "True", "'k'", "()", "[]"))
    inner = (_expression(chance, depth - 1), _expression(chance, depth - 1))
    return chance.choice(CALLS).format(*inner)


def mangled(chance: random.Random, files: list[Path] | None = None) -> str:
    """A real program with one to four accidents of editing."""
    path = chance.choice(files or PROGRAMS)
    text = path.read_text(encoding="utf-8", errors="replace")
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_ACCIDENTS)(chance, text)
    return text


def _cut(chance: random.Random, text: str) -> str:
    return text[: chance.randint(0, len(text))]


def _drop(chance: random.Random, text: str) -> str:
    start = chance.randint(0, len(text))
    return text[:start] + text[start + chance.randint(1, 60) :]


def _insert(chance: random.Random, text: str) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(ODD) + text[at:]


def _swap_lines(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    a, b = (chance.randrange(len(lines)) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]
    return "\n".join(lines)


def _shift(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((lines[at].lstrip(), "    " + lines[at], "\t" + lines[at]))
    return "\n".join(lines)


def _repeat(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    start = chance.randrange(len(lines))
    return "\n".join(lines[:start] + lines[start : start + 8] * chance.randint(2, 6) + lines[start + 8 :])


def _rename(chance: random.Random, text: str) -> str:
    return text.replace(chance.choice(NAMES), chance.choice(NAMES))


def _newlines(chance: random.Random, text: str) -> str:
    return text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", "\n\f")))


_ACCIDENTS = (_cut, _cut, _drop, _drop, _insert, _swap_lines, _shift, _repeat, _rename, _newlines)


def deep(chance: random.Random) -> str:
    """Nesting and sizes that no person writes and that a recursive reader chokes on."""
    n = chance.choice((50, 200, 1000, 5000))
    shape = chance.randrange(7)
    if shape == 0:
        body = "x = " + "(" * n + "pred" + ")" * n
    elif shape == 1:
        body = "x = pred" + " + pred" * n
    elif shape == 2:
        body = "x = pred" + ".abs()" * n
    elif shape == 3:
        ladder = ["    " * i + "if pred:" for i in range(min(n, 90))]
        body = "\n".join([*ladder, "    " * len(ladder) + "x = 1"])
    elif shape == 4:
        body = "\n".join(f"x{i} = x{i - 1} * pred" for i in range(1, n))
    elif shape == 5:
        body = "x = " + "[" * n + "]" * n
    else:
        body = "\n".join(f"def f{i}(pred): return f{(i + 1) % n}(pred.detach())" for i in range(n))
    lines = "\n".join("    " + line for line in body.split("\n"))
    return f"import torch\ndef loss(pred, target):\n{lines}\n    return x\n"
