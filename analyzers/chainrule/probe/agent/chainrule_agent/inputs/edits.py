"""Small changes to a candidate: the words that repairs are made of. None edits the candidate that it is
given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from .failures import Failure
from .roles import with_rank
from .specs import Candidate, TensorSpec


def suspects(candidate: Candidate, failure: Failure, prefer: Sequence[str] = ()) -> list[str]:
    """The paths of all tensors: first those that torch's own frames call by a preferred name, then those
    that were in the frames which raised, then the others."""
    paths = [path for path, _ in candidate.leaves()]
    told = dict(zip(failure.suspects, failure.library))
    first = [path for path, name in told.items() if name in prefer and path in paths]
    rest = [path for path in told if path in paths and path not in first]
    return [*first, *rest, *(p for p in paths if p not in first and p not in rest)]


def edit(candidate: Candidate, path: str, change: Callable[[TensorSpec], None]) -> Iterator[Candidate]:
    """A copy with one tensor changed (with its siblings of the same list), where that changes anything."""
    done = candidate.copy()
    family = re.sub(r"\.\d+", ".*", path)
    for at, spec in done.leaves():
        if re.sub(r"\.\d+", ".*", at) == family:
            change(spec)
    if done.text() != candidate.text():
        yield done


def edit_all(candidate: Candidate, change: Callable[[TensorSpec], None]) -> Iterator[Candidate]:
    """A copy with every tensor changed, where that changes anything."""
    done = candidate.copy()
    for _, spec in done.leaves():
        change(spec)
    if done.text() != candidate.text():
        yield done


def reshape(candidate: Candidate, path: str, shape: Sequence[int]) -> Iterator[Candidate]:
    return edit(candidate, path, lambda spec: setattr(spec, "shape", list(shape)))


def retype(candidate: Candidate, path: str, kind: str) -> Iterator[Candidate]:
    return edit(candidate, path, lambda spec: setattr(spec, "kind", kind))


def rerank(candidate: Candidate, path: str, rank: int) -> Iterator[Candidate]:
    """The usual shape of another number of dimensions."""
    return edit(candidate, path, lambda spec: setattr(spec, "shape", with_rank(spec, rank).shape))


def resize(candidate: Candidate, path: str, old: int, new: int, at: int | None = None) -> Iterator[Candidate]:
    return edit(candidate, path, lambda spec: put_size(spec, old, new, at))


def resize_all(candidate: Candidate, old: int, new: int, at: int | None = None) -> Iterator[Candidate]:
    return edit_all(candidate, lambda spec: put_size(spec, old, new, at))


def put_size(spec: TensorSpec, old: int, new: int, at: int | None = None) -> None:
    """Replace a size: at the dimension `at` if it is there, else at the last dimension that has it."""
    places = [i for i, size in enumerate(spec.shape) if size == old]
    for place in places[-1:] if at not in places else [at]:
        spec.shape[place or 0] = new


def replace_size(candidate: Candidate, failure: Failure, old: int, new: int) -> Iterator[Candidate]:
    """A size that is not wanted: of all tensors, of one of them, of a model's output."""
    yield from resize_all(candidate, old, new)
    for path in suspects(candidate, failure):
        yield from resize(candidate, path, old, new)
    done = candidate.copy()
    for net in done.nets():
        if net.outputs == old:
            net.outputs = new
    if done.text() != candidate.text():
        yield done


def grown(shape: Sequence[int], rank: int) -> list[int]:
    """The shape with another number of dimensions, the sizes that are known kept: new ones go after the
    first."""
    if rank <= len(shape):
        return [*shape[: rank - 1], *shape[-1:]] if rank else []
    if len(shape) < 2:
        return [*(shape or [4]), 5, 8, 8, 8][:rank]
    return [shape[0], *[6, 8, 8, 8][: rank - len(shape)], *shape[1:]]
