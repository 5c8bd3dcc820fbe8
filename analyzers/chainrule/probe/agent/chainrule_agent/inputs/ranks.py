"""Repairs of numbers of dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from re import Match

from .edits import edit_all, grown, rerank, reshape, suspects
from .failures import Failure
from .repair import Repair
from .roles import with_rank
from .specs import Candidate, TensorSpec


def rank(up: int) -> Repair:
    """More (or fewer) dimensions: for one suspect, or for all tensors."""

    def rule(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
        shapes = dict(candidate.leaves())
        for path in suspects(candidate, failure):
            for step in (up, 2 * up):
                if 0 <= len(shapes[path].shape) + step <= 5:
                    yield from reshape(
                        candidate, path, grown(shapes[path].shape, len(shapes[path].shape) + step)
                    )

        def change(spec: TensorSpec) -> None:
            spec.shape = with_rank(spec, min(5, max(0, len(spec.shape) + up))).shape

        yield from edit_all(candidate, change)

    return rule


def to_rank(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """The message names the number of dimensions that is wanted."""
    wanted = int(next(g for g in match.groups() if g))
    shapes = dict(candidate.leaves())
    for path in suspects(candidate, failure):
        yield from rerank(candidate, path, wanted)
        yield from reshape(candidate, path, grown(shapes[path].shape, wanted))
    yield from all_rank(wanted)(candidate, failure, match)


def to_rank_all_first(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    wanted = int(next(g for g in match.groups() if g))
    yield from all_rank(wanted)(candidate, failure, match)
    for path in suspects(candidate, failure):
        yield from rerank(candidate, path, wanted)


def all_rank(wanted: int) -> Repair:
    """That many dimensions for all tensors but indices."""

    def rule(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
        def change(spec: TensorSpec) -> None:
            spec.shape = spec.shape if spec.kind == "long" else with_rank(spec, wanted).shape

        yield from edit_all(candidate, change)

    return rule


def spatial(candidate: Candidate, failure: Failure, match: Match[str]) -> Iterator[Candidate]:
    """So many dimensions besides those of the batch and the channels."""
    yield from all_rank(int(next(g for g in match.groups() if g)) + 2)(candidate, failure, match)
