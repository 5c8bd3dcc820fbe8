"""Losses of public libraries, run under autograd: what every argument really receives.

`catalogue.txt` names them. `measure` runs one as it is called there and, for non-finite gradients, on the
edge inputs that random numbers never hit (equal to the target, zeros, large values).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import torch

CATALOGUE = Path(__file__).with_name("catalogue.txt")
ROUNDING = 1e-6  # a gradient whose every element is at most this is zero up to float32 rounding
Edge = Callable[[torch.Tensor, list[torch.Tensor]], torch.Tensor | None]


class Gradient(str, Enum):
    FLOWS = "flows"
    CUT = "cut"
    ZERO = "zero"
    NONFINITE = "nonfinite"


@dataclass(frozen=True, slots=True)
class Loss:
    """One line of the catalogue; `line` is its 1-based number there."""

    module: str
    callee: str
    arguments: str
    line: int
    trains: bool = True
    """Whether it is a loss: a function that computes none may cut a gradient by design."""

    @property
    def library(self) -> str:
        return self.module.split(".")[0]

    @property
    def title(self) -> str:
        return f"{self.module}.{self.callee}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A callable with its arguments, and the leaves among them by the name a static verdict would use."""

    function: Callable[..., Any]
    arguments: dict[str, Any]
    sources: dict[str, list[torch.Tensor]]

    def run(self) -> torch.Tensor:
        """The output reduced to one number; a constant when nothing of it is a floating-point tensor."""
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            parts = [t for t in tensors(self.function(**self.arguments)) if t.is_floating_point()]
        return torch.stack([_weighted_sum(part) for part in parts]).sum() if parts else torch.zeros(())


@dataclass(frozen=True, slots=True)
class Measured:
    """Per source: what it receives on ordinary inputs, and the edge inputs that make it NaN or inf."""

    gradients: dict[str, Gradient]
    nonfinite_on: dict[str, tuple[str, ...]]


class Unavailable(Exception):
    """The library is not installed, or the callable does not run here."""


class BackwardError(Exception):
    """Backward raises."""


def catalogue() -> Iterator[Loss]:
    module, trains = "", True
    for number, line in enumerate(CATALOGUE.read_text().splitlines(), 1):
        if line.startswith("["):
            module, _, kind = line[1:].partition("]")
            trains = kind.strip() != "functions"
        elif "|" in line and not line.startswith("#"):
            callee, arguments = line.split("|", 1)
            yield Loss(module, callee.strip(), arguments.strip(), number, trains)


def prepare(loss: Loss, seed: int = 0) -> Prepared:
    """Import, construct and make inputs. Raises Unavailable."""
    torch.manual_seed(seed)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            module = importlib.import_module(loss.module)
            function = eval(loss.callee, {**vars(module), "torch": torch})
            arguments = eval(f"dict({loss.arguments})", INPUTS)
    except (ImportError, RuntimeError, OSError) as problem:
        raise Unavailable(f"{loss.title}: {type(problem).__name__}: {problem}") from problem
    sources = {}
    for name, value in arguments.items():
        leaves = [t for t in tensors(value) if t.requires_grad]
        if leaves:
            sources[name] = leaves
    if isinstance(function, torch.nn.Module):
        for name, parameter in function.named_parameters():
            if parameter.requires_grad:
                sources[f"self.{name}"] = [parameter]
    return Prepared(function, arguments, sources)


def measure(loss: Loss) -> Measured:
    """Raises Unavailable when forward fails on the catalogue's own inputs."""
    prepared = prepare(loss)
    gradients = gradients_of(prepared)
    edges: dict[str, list[str]] = {name: [] for name in prepared.sources}
    for case, edge in EDGES.items():
        changed = prepare(loss)
        if not _apply(changed, edge):
            continue
        try:
            seen = gradients_of(changed)
        except Unavailable:
            continue  # the loss rejects this input
        for name, gradient in seen.items():
            if gradient is Gradient.NONFINITE:
                edges[name].append(case)
    return Measured(gradients, {name: tuple(cases) for name, cases in edges.items()})


def gradients_of(prepared: Prepared) -> dict[str, Gradient]:
    """Run forward and backward. A backward that raises leaves every source cut. Raises Unavailable."""
    try:
        return loss_and_gradients(prepared)[1]
    except BackwardError:
        return dict.fromkeys(prepared.sources, Gradient.CUT)


def loss_and_gradients(prepared: Prepared) -> tuple[float, dict[str, Gradient]]:
    """The same, with the loss itself. Raises BackwardError where backward raises on its way, too."""
    for leaf in _leaves(prepared):
        leaf.grad = None
    try:
        loss = prepared.run()
    except Exception as problem:  # whatever a library raises: this input is not for it
        raise Unavailable(f"{type(problem).__name__}: {problem}") from problem
    try:
        loss.backward()
    except Exception as problem:  # the backward of a custom Function is anybody's code
        if "does not require grad" not in str(problem):
            raise BackwardError(str(problem).partition("\n")[0]) from problem
        return float(loss.detach()), dict.fromkeys(prepared.sources, Gradient.CUT)
    return float(loss.detach()), {name: _classify(leaves) for name, leaves in prepared.sources.items()}


def tensors(value: object) -> Iterator[torch.Tensor]:
    """The tensors in nested tuples, lists and dicts."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from tensors(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from tensors(part)


def _weighted_sum(part: torch.Tensor) -> torch.Tensor:
    """Unequal weights: a plain sum of a softmax does not depend on its input."""
    flat = part.reshape(-1)
    return (flat * torch.linspace(0.5, 1.5, flat.numel(), dtype=flat.dtype)).sum()


def _leaves(prepared: Prepared) -> Iterator[torch.Tensor]:
    for leaves in prepared.sources.values():
        yield from leaves


def _classify(leaves: list[torch.Tensor]) -> Gradient:
    grads = [leaf.grad for leaf in leaves if leaf.grad is not None]
    if not grads:
        return Gradient.CUT
    if not all(torch.isfinite(g).all() for g in grads):
        return Gradient.NONFINITE
    largest = max(float(g.abs().max()) for g in grads)
    return Gradient.FLOWS if largest > ROUNDING else Gradient.ZERO


def _apply(prepared: Prepared, edge: Edge) -> bool:
    """Replace the values of the first leaf; False when the case does not fit it."""
    name = next(iter(prepared.sources), None)
    if name is None or name.startswith("self."):
        return False
    others = [t for key, value in prepared.arguments.items() if key != name for t in tensors(value)]
    changed = False
    for leaf in prepared.sources[name]:
        value = edge(leaf.detach(), others)
        if value is not None:
            leaf.data.copy_(value)
            changed = True
    return changed


def _equal_to_target(leaf: torch.Tensor, others: list[torch.Tensor]) -> torch.Tensor | None:
    same = (t for t in others if t.shape == leaf.shape and t.is_floating_point())
    target = next(same, None)
    return None if target is None else target.detach().clone()


EDGES: dict[str, Edge] = {
    "equal to the target": _equal_to_target,
    "zeros": lambda leaf, others: torch.zeros_like(leaf),
    "ones": lambda leaf, others: torch.ones_like(leaf),
    "large": lambda leaf, others: leaf * 200.0,
    "equal rows": lambda leaf, others: leaf[:1].expand_as(leaf).clone() if leaf.dim() else None,
}


def _leaf(value: torch.Tensor) -> torch.Tensor:
    return value.detach().clone().requires_grad_(True)


def _groups(n: int, k: int) -> torch.Tensor:
    """Labels 0…k-1, each equally often."""
    return torch.arange(n) % k


def _simplex(*shape: int) -> torch.Tensor:
    return torch.randn(*shape).softmax(-1)


def _planes(*shape: int) -> torch.Tensor:
    """Maps whose last two dimensions sum to one."""
    return torch.randn(*shape).flatten(-2).softmax(-1).reshape(shape)


def _boxes(n: int) -> torch.Tensor:
    """n boxes (x1, y1, x2, y2) with positive area."""
    corner = torch.rand(n, 2)
    return torch.cat([corner, corner + 0.5 + torch.rand(n, 2)], dim=1)


def _rotations(n: int) -> torch.Tensor:
    q, r = torch.linalg.qr(torch.randn(n, 3, 3))
    q = q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
    return q * torch.linalg.det(q).reshape(n, 1, 1)


def _one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """(N, …) labels to (N, classes, …) zeros and ones."""
    return torch.nn.functional.one_hot(labels, classes).movedim(-1, 1).float()


INPUTS: dict[str, Any] = {
    "torch": torch,
    "arange": torch.arange,
    "rand": torch.rand,
    "randn": torch.randn,
    "randint": torch.randint,
    "leaf": _leaf,
    "groups": _groups,
    "simplex": _simplex,
    "planes": _planes,
    "boxes": _boxes,
    "rotations": _rotations,
    "one_hot": _one_hot,
}
