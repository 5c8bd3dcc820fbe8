"""What was measured, in as few words as an editor shows."""

from __future__ import annotations

from chainrule.probe.evidence import ValueEvidence
from chainrule_server.wording import HINT_LENGTH, hint, value_table

PRED = ValueEvidence("predictions", (2, 10), "float32", True, 0.1234)
MASK = ValueEvidence("mask", (2, 10), "bool", False, None)
CUT = ValueEvidence("hottest", (), "float32", True, None)
LONG = ValueEvidence("a_name_that_is_longer_than_any_editor_shows_in_a_line", (1,), "float32", False, None)


def test_the_sources_come_first_and_the_rest_as_far_as_it_fits() -> None:
    assert hint([MASK, PRED], {"predictions"}) == "predictions |g| 0.123 [2, 10] · +1"
    assert hint([MASK, CUT], set()) == "mask [2, 10] no grad · +1"
    assert hint([CUT], set()) == "hottest [] no gradient"
    assert hint([PRED], {"predictions"}) == "predictions |g| 0.123 [2, 10]"
    assert len(hint([MASK, CUT, PRED] * 9, {"predictions"})) <= HINT_LENGTH


def test_one_value_is_always_shown() -> None:
    assert hint([LONG, MASK], set()).startswith(LONG.name)


def test_the_table_has_all_of_them() -> None:
    rows = value_table([MASK, PRED, CUT]).splitlines()[2:]
    assert rows == [
        "| `mask` | [2, 10] | bool | requires none |",
        "| `predictions` | [2, 10] | float32 | norm 0.123 |",
        "| `hottest` | [] | float32 | requires one, receives none |",
    ]
