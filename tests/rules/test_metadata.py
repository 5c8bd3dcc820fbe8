"""Every rule answers the same questions."""

from __future__ import annotations

import re
import sys

import pytest

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.rules import RULES, Rule, rewrites, rule_for
from chainrule.rules.rewrites import RewriteRule
from rules.pages import HEADINGS, sections

GROUPS = {
    "CR1": "chainrule.rules.cut",
    "CR2": "chainrule.rules.zero",
    "CR3": "chainrule.rules.nonfinite",
    "CR4": "chainrule.rules.silenced",
    "CR5": "chainrule.rules.graph",
    "CR6": "chainrule.rules.functions",
}
EVERYTHING = (*RULES, *rewrites.RULES)
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
every_page = pytest.mark.parametrize("rule", EVERYTHING, ids=lambda rule: rule.code)


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in EVERYTHING]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in EVERYTHING}) == len(EVERYTHING)


def test_every_cause_has_one_rule() -> None:
    told = [cause for rule in RULES for cause in rule.causes]
    assert sorted(told) == sorted(Cause)
    assert all(cause in rule_for(cause).causes for cause in Cause)


def test_every_rule_file_is_registered() -> None:
    files = [
        name
        for name, module in sys.modules.items()
        if name.rpartition(".")[0] in GROUPS.values() and hasattr(module, "RULE")
    ]
    assert len(files) == len(RULES)


@every_rule
def test_a_code_stands_in_the_folder_of_its_group(rule: Rule) -> None:
    assert re.fullmatch(r"CR\d{3}", rule.code)
    assert rule.message.__module__.rpartition(".")[0] == GROUPS[rule.code[:3]]


@every_rule
def test_the_severity_is_that_of_the_group(rule: Rule) -> None:
    # On some data only: the one cut that is no certain one.
    warns = rule.code[:3] in ("CR2", "CR3") or rule.code == "CR114"
    assert rule.severity is (Severity.WARNING if warns else Severity.ERROR)


@every_page
def test_names_and_summaries_read_alike(rule: Rule | RewriteRule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert 20 <= len(rule.summary) <= 70
    assert not rule.summary.endswith(".")


@every_page
def test_the_page_has_the_six_headings(rule: Rule | RewriteRule) -> None:
    found = sections(rule)
    assert tuple(found) == HEADINGS
    assert all(found.values())


@every_page
def test_the_page_fits_a_terminal(rule: Rule | RewriteRule) -> None:
    assert max(map(len, rule.doc.splitlines())) <= 130
