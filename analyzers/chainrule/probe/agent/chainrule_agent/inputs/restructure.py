"""Repairs of what an argument is: a model, a number, a list, a tuple, a key, None, a value for what defaults
to None."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import Match

from .edits import rerank, retype, suspects
from .failures import Failure
from .ranks import to_rank
from .roles import constructor_value
from .scenarios import SCENARIOS
from .specs import Candidate, MappingSpec, NetSpec, SequenceSpec, TensorSpec, ValueSpec


def _names(candidate: Candidate, failure: Failure) -> list[str]:
    """The arguments, those in the frames that raised first."""
    first = [s.split(".")[0] for s in failure.suspects]
    return list(dict.fromkeys(n for n in [*first, *candidate.arguments] if n in candidate.arguments))


def _a_shape(candidate: Candidate) -> list[int]:
    return next((list(spec.shape) for _, spec in candidate.leaves()), [4, 5])


def unpack(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """`not enough values to unpack (expected 4, got 2)`: a shape, or a tuple of tensors."""
    yield from to_rank(candidate, failure, match)
    for name in _names(candidate, failure):
        spec = candidate.arguments[name]
        if isinstance(spec, TensorSpec):
            items = [TensorSpec(spec.kind, list(spec.shape), spec.high) for _ in range(int(match.group(1)))]
            yield candidate.with_node(name, SequenceSpec([*items], True))


def same_length(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Lists that must be as long as each other."""
    lists = [(path, spec) for path, spec in candidate.nodes() if isinstance(spec, SequenceSpec)]
    for length in sorted({len(spec.items) for _, spec in lists} - {0}):
        done = candidate
        for path, spec in lists:
            items = [*spec.items, *spec.items[-1:] * length][:length]
            done = done.with_node(path, SequenceSpec(items, spec.is_tuple))
        if done.text() != candidate.text():
            yield done


def to_model(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    for name in _names(candidate, failure):
        spec = candidate.arguments[name]
        if isinstance(spec, (TensorSpec, ValueSpec)):
            width = spec.shape[-1] if isinstance(spec, TensorSpec) and spec.shape else 5
            yield candidate.with_node(name, NetSpec(width, width))


def to_value(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """A tensor where Python wants a number."""
    for name in _names(candidate, failure):
        if isinstance(candidate.arguments[name], TensorSpec):
            for text in ("2", "0.5", "'mean'"):
                yield candidate.with_node(name, ValueSpec(text))


def to_tensor(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """A number, None or an object where a tensor is wanted."""
    for name in _names(candidate, failure):
        if isinstance(candidate.arguments[name], (ValueSpec, NetSpec, MappingSpec)):
            yield candidate.with_node(name, TensorSpec("float", _a_shape(candidate)))


def to_list(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    shapes = dict(candidate.leaves())
    for path in suspects(candidate, failure):
        spec = shapes[path]
        for count, drop in ((3, 0), (spec.shape[0] if spec.shape else 2, 1)):
            items = [TensorSpec(spec.kind, list(spec.shape[drop:]), spec.high) for _ in range(min(count, 8))]
            yield candidate.with_node(path, SequenceSpec([*items]))


def with_key(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """A key or an attribute that an argument lacks."""
    key = next(g for g in match.groups() if g)
    for name in _names(candidate, failure):
        spec = candidate.arguments[name]
        if isinstance(spec, MappingSpec) and key not in spec.items:
            item = TensorSpec("float", _a_shape(candidate))
            yield candidate.with_node(name, MappingSpec({**spec.items, key: item}, spec.attributes))


def with_option(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """A KeyError may come from `kwargs["name"]`, of the constructor or of the loss."""
    if failure.kind != "KeyError":
        return
    name = match.group(1)
    value = constructor_value(name, SCENARIOS[0])
    if candidate.constructor is not None and name not in candidate.constructor:
        done = candidate.copy()
        done.constructor = {**candidate.constructor, name: value}
        yield done
    if name not in candidate.arguments:
        yield candidate.with_argument(name, value)


def give_optional(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """None came from a default: give the parameters that default to None a value, those that are named
    first."""
    told = failure.text + " " + failure.source
    for name in sorted(candidate.optional, key=lambda n: not re.search(rf"\b{n.rpartition('.')[2]}\b", told)):
        yield candidate.with_optional(name)


def missing(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Arguments that a signature hides behind `**kwargs`."""
    done = candidate.copy()
    of_constructor = "__init__" in failure.text and done.constructor is not None
    for name in re.findall(r"'(\w+)'", failure.text):
        value = constructor_value(name, SCENARIOS[4])
        if of_constructor and done.constructor is not None:
            done.constructor.setdefault(name, value)
        else:
            done.arguments.setdefault(name, value)
    yield done


def to_none(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Arguments that the loss does not want."""
    named = [g for g in match.groups() if g]
    for name in list(candidate.arguments)[1:]:
        if name in named:
            yield candidate.with_node(name, ValueSpec("None"))
    done = candidate.copy()
    for name in list(candidate.arguments)[2:]:
        done.arguments[name] = ValueSpec("None")
    yield done


def constructor_sizes(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """A constructor that wants whole numbers."""
    done = candidate
    for path, spec in candidate.nodes():
        if isinstance(spec, ValueSpec) and spec.value == "0.5":
            yield candidate.with_node(path, ValueSpec("4"))
            done = done.with_node(path, ValueSpec("4"))
    yield done


def shake(candidate: Candidate, failure: Failure) -> Iterator[Candidate]:
    """Where no message helps: other values for constructor and plain arguments, other kinds and shapes for
    tensors."""
    for path, spec in sorted(candidate.nodes(), key=lambda pair: not pair[0].startswith("new.")):
        for other in spec.others[:6] if isinstance(spec, ValueSpec) else []:
            others = [o for o in spec.others if o != other] if isinstance(spec, ValueSpec) else []
            yield candidate.with_node(path, ValueSpec(other, others))
    for name in list(candidate.arguments)[:1:-1]:
        if not isinstance(candidate.arguments[name], ValueSpec):
            yield candidate.with_node(name, ValueSpec("None"))
    for path in suspects(candidate, failure)[:3]:
        for kind in ("unit", "long", "bool"):
            yield from retype(candidate, path, kind)
    for path in suspects(candidate, failure)[:3]:
        for dimensions in (1, 2, 3, 4):
            yield from rerank(candidate, path, dimensions)
