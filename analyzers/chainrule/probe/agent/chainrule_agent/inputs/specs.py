"""What an argument may be, as a small tree that prints as Python."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Union


@dataclass
class TensorSpec:
    """A tensor. `kind` is "float" (normal), "unit" (in [0, 1)), "binary", "long" (below `high`), "bool" or
    "boxes"."""

    kind: str
    shape: list[int]
    high: int = 5

    def text(self) -> str:
        shape = "(" + ", ".join(map(str, self.shape)) + ("," if len(self.shape) == 1 else "") + ")"
        if self.kind == "long":
            return f"torch.randint(0, {max(self.high, 1)}, {shape})"
        if self.kind == "bool":
            return f"torch.rand({shape}) > 0.3"
        if self.kind == "binary":
            return f"torch.randint(0, 2, {shape}).float()"
        if self.kind == "boxes":
            lead = "(" + ", ".join(map(str, [*self.shape[:-1], 2])) + ")"
            return f"torch.cat([torch.rand({lead}), torch.rand({lead}) + 1], -1)"
        return f"torch.{'rand' if self.kind == 'unit' else 'randn'}({shape})"


@dataclass
class ValueSpec:
    """A number, a string, a constructor call: any Python text, with others to try in its place."""

    value: str
    others: list[str] = field(default_factory=list)

    def text(self) -> str:
        return self.value


@dataclass
class SequenceSpec:
    items: list[Spec]
    is_tuple: bool = False

    def text(self) -> str:
        inner = ", ".join(item.text() for item in self.items)
        if self.is_tuple:
            return f"({inner},)" if len(self.items) == 1 else f"({inner})"
        return f"[{inner}]"


@dataclass
class MappingSpec:
    """A dict, or with `attributes` an object that has them."""

    items: dict[str, Spec]
    attributes: bool = False

    def text(self) -> str:
        if self.attributes:
            return "SimpleNamespace(" + ", ".join(f"{k}={v.text()}" for k, v in self.items.items()) + ")"
        return "{" + ", ".join(f"{k!r}: {v.text()}" for k, v in self.items.items()) + "}"


@dataclass
class NetSpec:
    """A model that is called: one linear layer."""

    inputs: int
    outputs: int

    def text(self) -> str:
        return f"torch.nn.Linear({self.inputs}, {self.outputs})"


Spec = Union[TensorSpec, ValueSpec, SequenceSpec, MappingSpec, NetSpec]


@dataclass
class Candidate:
    """Arguments of the loss and of its constructor (None for a plain function)."""

    arguments: dict[str, Spec]
    constructor: dict[str, Spec] | None = None
    origin: str = "search"
    optional: dict[str, Spec] = field(default_factory=dict)
    """Values for parameters whose default is None; the constructor's begin with `new.`."""

    def with_optional(self, name: str) -> Candidate:
        """A copy that gives a value to one of the optional parameters."""
        done = self.copy()
        spec = done.optional.pop(name)
        if name.startswith("new.") and done.constructor is not None:
            done.constructor[name[4:]] = spec
        else:
            done.arguments[name] = spec
        return done

    def copy(self) -> Candidate:
        return copy.deepcopy(self)

    def leaves(self) -> Iterator[tuple[str, TensorSpec]]:
        """The tensors of the arguments, by dotted path."""
        for name, spec in self.arguments.items():
            yield from tensors_of(name, spec)

    def nodes(self) -> Iterator[tuple[str, Spec]]:
        """Every part of the arguments and of the constructor's (paths of those begin with `new.`), by dotted
        path."""
        for name, spec in self.arguments.items():
            yield from nodes_of(name, spec)
        for name, spec in (self.constructor or {}).items():
            yield from nodes_of(f"new.{name}", spec)

    def with_node(self, path: str, spec: Spec) -> Candidate:
        """A copy with one part replaced."""
        done = self.copy()
        first, *rest = path.split(".")
        holder: Any = done.arguments
        if first == "new" and first not in done.arguments:
            holder, (first, *rest) = done.constructor, rest
        for part in rest:
            held = holder[first]
            holder = held.items
            first = int(part) if isinstance(held, SequenceSpec) else part  # type: ignore[assignment]
        holder[first] = spec
        return done

    def with_argument(self, name: str, spec: Spec) -> Candidate:
        """A copy that passes one more argument by name."""
        done = self.copy()
        done.arguments[name] = spec
        return done

    def nets(self) -> list[NetSpec]:
        both = [*self.arguments.values(), *(self.constructor or {}).values()]
        return [spec for spec in both if isinstance(spec, NetSpec)]

    def text(self) -> str:
        """The text between the parentheses of the call; a name that starts with `*` is positional."""
        positional = [s.text() for n, s in self.arguments.items() if n.startswith("*")]
        return ", ".join(
            [*positional, *(f"{n}={s.text()}" for n, s in self.arguments.items() if n[0] != "*")]
        )

    def instance_text(self, owner: str) -> str | None:
        if self.constructor is None:
            return None
        return f"{owner}({', '.join(f'{n}={s.text()}' for n, s in self.constructor.items())})"

    def setup(self) -> str:
        whole = self.text() + (self.instance_text("") or "")
        return "from types import SimpleNamespace" if "SimpleNamespace(" in whole else ""


def nodes_of(path: str, spec: Spec) -> Iterator[tuple[str, Spec]]:
    yield path, spec
    inner = enumerate(spec.items) if isinstance(spec, SequenceSpec) else ()
    for key, item in spec.items.items() if isinstance(spec, MappingSpec) else inner:
        yield from nodes_of(f"{path}.{key}", item)


def tensors_of(path: str, spec: Spec) -> Iterator[tuple[str, TensorSpec]]:
    if isinstance(spec, TensorSpec):
        yield path, spec
    elif isinstance(spec, SequenceSpec):
        for at, item in enumerate(spec.items):
            yield from tensors_of(f"{path}.{at}", item)
    elif isinstance(spec, MappingSpec):
        for key, item in spec.items.items():
            yield from tensors_of(f"{path}.{key}", item)


def value_at(arguments: dict[str, Any], path: str) -> Any:
    """What was built for a leaf; None where the path leads nowhere."""
    first, *rest = path.split(".")
    value: Any = arguments.get(first)
    for part in rest:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, (list, tuple)):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = getattr(value, part, None)
    return value
