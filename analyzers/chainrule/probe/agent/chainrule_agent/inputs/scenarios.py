"""Shapes that go together in the usual losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .hints import Hints
from .names import BOXES, CLASSES, IMAGES, TARGETS


@dataclass(frozen=True)
class Scenario:
    """Shapes that go together. `target_kind` is "long" for class indices."""

    pred: tuple[int, ...]
    target: tuple[int, ...]
    target_kind: str = "unit"
    high: int = 5
    weight: tuple[int, ...] | None = None


SCENARIOS = (
    Scenario((4, 5), (4, 5)),
    Scenario((4, 5), (4,), "long", 5),
    Scenario((2, 3, 8, 8), (2, 3, 8, 8)),
    Scenario((6,), (6,)),
    Scenario((6, 4), (6,), "long", 3),
    Scenario((2, 6, 5), (2, 6, 5)),
    Scenario((2, 3, 8, 8), (2, 8, 8), "long", 3),
    Scenario((4, 1), (4, 1), "binary"),
    Scenario((2, 6, 5), (2, 6), "long", 5),
    Scenario((6,), (6,), "binary"),
    Scenario((2, 1, 16, 16), (2, 1, 16, 16)),
    Scenario((6,), (6,), "long", 2),
    Scenario((2, 8, 8), (2, 8, 8)),
    Scenario((1, 2, 4, 8, 8), (1, 2, 4, 8, 8)),
    Scenario((1, 3, 64, 64), (1, 3, 64, 64)),
    Scenario((), ()),
)


def order_scenarios(hints: Mapping[str, Hints], names: Sequence[str]) -> list[Scenario]:
    """The scenarios, those first that fit what is known of the parameters."""
    ranks = [h.rank or h.at_least for n, h in hints.items() if n in names and not h.long and not h.boolean]
    wanted = max(ranks, default=0)
    exact = {h.rank for n, h in hints.items() if n in names and h.rank}
    classes = any(
        hints[n].class_index or (CLASSES.search(n) and not hints[n].same_as) for n in names if n in hints
    )
    images = any(IMAGES.search(n) for n in names)
    boxes = any(BOXES.search(n) for n in names)
    targets = any(TARGETS.search(n) for n in names)
    long_targets = any(hints[n].long and TARGETS.search(n) for n in names if n in hints)

    def misfit(scenario: Scenario) -> tuple[int, int]:
        rank = len(scenario.pred)
        score = 0
        score += 3 if rank < wanted else 0
        score += 2 if exact and rank not in exact else 0
        score += 2 if (classes or long_targets) != (scenario.target_kind == "long") else 0
        score += 1 if images and rank < 4 else 0
        score += 1 if boxes and scenario.pred != (4, 5) else 0
        score += 1 if classes and not targets and scenario.pred != (6, 4) and wanted <= 2 else 0
        return score, SCENARIOS.index(scenario)

    return sorted(SCENARIOS, key=misfit)
