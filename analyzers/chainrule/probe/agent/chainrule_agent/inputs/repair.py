"""Repairs of sizes and kinds: what to change when torch names what is wrong with a shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from re import Match

from .edits import (
    edit,
    edit_all,
    replace_size,
    reshape,
    resize,
    resize_all,
    retype,
    suspects,
)
from .failures import Failure
from .specs import Candidate, TensorSpec

Repair = Callable[[Candidate, Failure, "Match[str]"], Iterator[Candidate]]


def set_kind(kind: str, prefer: Sequence[str] = (), last_first: bool = False) -> Repair:
    """Give one tensor another kind; `prefer` are torch's own names for the argument that is meant."""

    def rule(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
        paths = suspects(candidate, failure, prefer)
        if last_first and not any(n in prefer for n in failure.library):
            paths = paths[::-1]
        for path in paths:
            yield from retype(candidate, path, kind)

    return rule


def all_unit(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Values between 0 and 1 only."""

    def change(spec: TensorSpec) -> None:
        spec.kind = "unit" if spec.kind == "float" else spec.kind

    yield from edit_all(candidate, change)


def matmul(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """`mat1 and mat2 shapes cannot be multiplied (4x5 and 3x2)`: the first has the wrong last dimension."""
    rows, inner, wanted = (int(match.group(n)) for n in (1, 2, 3))
    if candidate.nets():
        done = candidate.copy()
        for net in done.nets():
            net.inputs = inner if net.inputs == wanted else net.inputs
        yield done
    for path, spec in candidate.leaves():
        if spec.shape and spec.shape[-1] == inner:
            yield from resize(candidate, path, inner, wanted, len(spec.shape) - 1)
    yield from replace_size(candidate, failure, inner, wanted)
    side = (wanted / inner) ** 0.5

    def other_pixels(spec: TensorSpec) -> None:
        if len(spec.shape) >= 3 and (spec.shape[-1] * side).is_integer():
            spec.shape = [*spec.shape[:-2], int(spec.shape[-2] * side), int(spec.shape[-1] * side)]

    def flat(spec: TensorSpec) -> None:
        size = 1
        for part in spec.shape[1:]:
            size *= part
        if size == inner:
            spec.shape = [spec.shape[0], wanted]

    yield from edit_all(candidate, other_pixels)
    for path in suspects(candidate, failure):
        yield from edit(candidate, path, flat)
    yield from replace_size(candidate, failure, wanted, inner)
    yield from replace_size(candidate, failure, rows, wanted)


def unify(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Two sizes that must be equal: either becomes the other; else all tensors get one shape."""
    first, second = int(match.group(1)), int(match.group(2))
    at = int(match.group(3)) if match.re.groups > 2 and match.group(3) else None
    for old, new in ((first, second), (second, first)):
        for path in suspects(candidate, failure):
            if at is not None:
                yield from resize(candidate, path, old, new, at)
            yield from resize(candidate, path, old, new)
    yield from same_shape(candidate, failure, match)
    for path in suspects(candidate, failure):
        yield from edit(candidate, path, lambda spec: spec.shape.append(1))
    yield from replace_size(candidate, failure, first, second)
    yield from replace_size(candidate, failure, second, first)


def same_shape(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    paths = suspects(candidate, failure)
    for _, model in list(candidate.leaves())[:2]:
        for path in reversed(paths):
            yield from reshape(candidate, path, model.shape)
            yield from reshape(candidate, path, model.shape[:1])


def batch(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Input and target with other numbers of items."""
    given, target = int(match.group(1)), int(match.group(2))
    for path in suspects(candidate, failure, ("target",)):
        yield from resize(candidate, path, target, given, 0)
    yield from replace_size(candidate, failure, given, target)
    for path in suspects(candidate, failure, ("target",)):
        yield from reshape(candidate, path, [given])


def class_target(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """A target of cross_entropy that is neither class indices nor probabilities."""
    paths = [path for path, _ in candidate.leaves()]
    batches = [spec.shape[:1] for _, spec in candidate.leaves() if spec.shape][:1]
    for path in suspects(candidate, failure, ("target",))[:1] + paths[::-1]:
        for shape in batches:
            yield candidate.with_node(path, TensorSpec("long", list(shape), 3))


def channels(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """`expected input to have 1 channels, but got 3 channels`."""
    wanted, given = int(match.group(1)), int(match.group(2))
    for path in suspects(candidate, failure, ("input",))[:1]:
        yield from resize(candidate, path, given, wanted, 1)
    yield from resize_all(candidate, given, wanted, 1)
    yield from replace_size(candidate, failure, given, wanted)


def sizes(wanted: int, given: int) -> Repair:
    """Replace a size; the arguments are the groups of the message that hold the wanted and the given size."""

    def rule(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
        yield from replace_size(candidate, failure, int(match.group(given)), int(match.group(wanted)))

    return rule


def even(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Sizes that must divide each other."""
    yield from replace_size(candidate, failure, 5, 4)


def square(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """A matrix that must be square: the one that is named, else each."""
    matrices = [
        (path, spec)
        for path, spec in candidate.nodes()
        if isinstance(spec, TensorSpec) and len(spec.shape) == 2 and spec.shape[0] != spec.shape[1]
    ]
    named = [pair for pair in matrices if pair[0].rpartition(".")[2] == match.group(1)]
    for path, spec in named or matrices:
        for side in reversed(spec.shape):
            yield candidate.with_node(path, TensorSpec(spec.kind, [side, side], spec.high))


def last_size(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """The size of the last dimension, or of the channels."""
    wanted = int(next(g for g in match.groups() if g))
    shapes = dict(candidate.leaves())
    for at in (-1, 1):
        for path in suspects(candidate, failure):
            if len(shapes[path].shape) > 1:
                yield from resize(
                    candidate, path, shapes[path].shape[at], wanted, at % len(shapes[path].shape)
                )


def lower_high(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Indices out of range."""
    for high in (3, 2, 1):
        done = candidate.copy()
        for _, spec in done.leaves():
            spec.high = min(spec.high, high)
        if done.text() != candidate.text():
            yield done


def at_least(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """Images or signals that must have some size; one item of them is enough then."""
    side = int(next(g for g in match.groups() if g)) + 1

    def change(spec: TensorSpec) -> None:
        if len(spec.shape) >= 2 and side > 500:
            spec.shape = [*([1] * (len(spec.shape) - 1)), side]  # a signal, not an image
        elif len(spec.shape) >= 2:
            lead = [1, *spec.shape[1:-2]] if side > 40 and len(spec.shape) > 2 else spec.shape[:-2]
            spec.shape = [*lead, max(side, spec.shape[-2]), max(side, spec.shape[-1])]
        elif spec.shape:
            spec.shape = [max(side, spec.shape[0])]

    yield from edit_all(candidate, change)


def bigger(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """More pixels."""
    for factor in (2, 4, 8):
        done = candidate.copy()
        for _, spec in done.leaves():
            if len(spec.shape) > 2:
                spec.shape = [*spec.shape[:-2], spec.shape[-2] * factor, spec.shape[-1] * factor]
        yield done


def bigger_batch(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """More items: of everything that has as many as the first tensor."""
    count = next((spec.shape[0] for _, spec in candidate.leaves() if spec.shape), None)
    for items in (16, 64, 256) if count is not None else ():

        def change(spec: TensorSpec, items: int = items) -> None:
            if spec.shape and spec.shape[0] == count:
                spec.shape = [items, *spec.shape[1:]]

        yield from edit_all(candidate, change)
