"""The programs are what their records say, and the analysis agrees with torch about them."""

from __future__ import annotations

import pytest

from ground_truth import HERE, Record, measure, records
from run_truth import differences
from score import Score, outcomes

RECORDS = list(records())
CAUSES = frozenset(
    """nonfinite_where compare_mask detach_data no_grad_ctx inplace_saved nonfinite_sqrt argmax_index
    numpy_roundtrip non_leaf constant_branch nonfinite_acos round_sign param_rewrap double_backward
    custom_function tensor_rebuild inplace_leaf python_scalar nonfinite_div create_graph not_implemented
    wrong_fix nonfinite_log saturation jit int_cast external_metric nonfinite_std hist_count
    discrete_sampling degenerate_zero nonfinite_pow overwritten nearest_sampling""".split()
)


def test_every_program_has_one_record() -> None:
    listed = [record.path for record in RECORDS]
    assert sorted(listed) == sorted((HERE / "cases").glob("*.py"))
    assert len({record.id for record in RECORDS}) == len(RECORDS)


def test_every_cause_has_at_least_two_programs() -> None:
    faulty = [record.category for record in RECORDS if record.kind != "control"]
    assert {cause for cause in CAUSES if faulty.count(cause) < 2} == set()
    assert set(faulty) <= CAUSES


def test_three_in_ten_or_more_are_correct_programs() -> None:
    assert sum(record.kind == "control" for record in RECORDS) * 10 >= len(RECORDS) * 3


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.file[6:-3])
def test_torch_agrees_with_the_record(record: Record) -> None:
    missing = record.missing_packages()
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    assert differences(record, measure(record, seeds=(0, 1)), check_fix=True) == []


def test_the_analysis_agrees_with_torch() -> None:
    score = Score(tuple(outcomes()))
    wrong = "\n".join(outcome.describe() for outcome in score.wrong)
    assert score.located >= 0.85, wrong
    assert score.alarms <= 0.01, wrong
