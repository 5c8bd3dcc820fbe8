"""What the pages say is so: the analysis finds the example and nothing else, and torch agrees."""

from __future__ import annotations

import itertools

import pytest
import torch

from chainrule import analyze
from chainrule.edits import apply, compatible
from chainrule.findings import Finding, Verdict
from chainrule.rules import RULES, Rule, rewrites
from chainrule.rules.rewrites import RewriteRule
from rules.pages import loss_and_gradient, program, run

# A silencer hides a cut, which is told too.
BESIDES = {"CR401": {"CR101"}, "CR402": {"CR107"}}
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
every_page = pytest.mark.parametrize("rule", (*RULES, *rewrites.RULES), ids=lambda rule: rule.code)
every_rewrite = pytest.mark.parametrize("rule", rewrites.RULES, ids=lambda rule: rule.code)


def findings(rule: Rule | RewriteRule, heading: str) -> tuple[Finding, ...]:
    return analyze(program(rule, heading)).findings


@every_page
def test_the_example_is_found(rule: Rule | RewriteRule) -> None:
    codes = [finding.code for finding in findings(rule, "Example")]
    assert sorted(codes) == sorted({rule.code} | BESIDES.get(rule.code, set()))


@every_page
def test_use_instead_is_silent(rule: Rule | RewriteRule) -> None:
    assert findings(rule, "Use instead") == ()


@every_rule
def test_torch_agrees_about_the_example(rule: Rule) -> None:
    (finding,) = (each for each in findings(rule, "Example") if each.code == rule.code)
    outcome = run(program(rule, "Example"), names=("weights",))
    if finding.verdict is Verdict.CUT:
        assert outcome.error or "cut" in outcome.gradients
    else:
        assert not outcome.error
        assert finding.verdict.value in outcome.gradients


@every_page
def test_torch_agrees_about_use_instead(rule: Rule | RewriteRule) -> None:
    outcome = run(program(rule, "Use instead"), names=("weights",))
    assert not outcome.error
    assert outcome.gradients
    assert set(outcome.gradients) == {"flows"}


@every_page
def test_the_fix_of_the_example_is_use_instead(rule: Rule | RewriteRule) -> None:
    found = findings(rule, "Example")
    offered = [[fix for fix in finding.fixes if fix.edits] for finding in found]
    if not all(offered):
        assert "There is no automatic fix" in rule.doc
        return
    example = program(rule, "Example")
    fixed = [
        apply(example, [edit for fix in compatible(choice) for edit in fix.edits])
        for choice in itertools.product(*offered)
    ]
    assert program(rule, "Use instead") in fixed


@every_page
def test_the_message_is_one_sentence_about_the_sources(rule: Rule | RewriteRule) -> None:
    for finding in findings(rule, "Example"):
        message = finding.message
        assert "\n" not in message and not message.endswith(".")
        assert message[0].isupper() or message[0] == "`"
        assert 40 <= len(message) <= 180


@every_rewrite
def test_a_rewrite_starts_from_correct_code(rule: RewriteRule) -> None:
    outcome = run(program(rule, "Example"))
    assert (outcome.error, set(outcome.gradients)) == ("", {"flows"})


@every_rewrite
def test_a_rewrite_keeps_loss_and_gradient_unless_it_changes_the_objective(rule: RewriteRule) -> None:
    before, after = (loss_and_gradient(program(rule, heading)) for heading in ("Example", "Use instead"))
    if rule.code == "CR702" and "mse_loss" in program(rule, "Example"):
        assert not torch.allclose(before[0], after[0])
        assert not torch.allclose(before[1], after[1])
    else:
        torch.testing.assert_close(after, before)


@pytest.mark.parametrize(
    ("squashed", "stable"), [("softmax(dim=1)", "log_softmax"), ("sigmoid()", "logsigmoid")]
)
def test_a_log_of_zero_is_told_once_with_the_fix_of_the_rewrite(squashed: str, stable: str) -> None:
    text = f"import torch\n\n\ndef loss(logits):\n    return -torch.log(logits.{squashed}).mean()\n"
    (finding,) = analyze(text).findings
    assert finding.code == "CR305"
    fixed = apply(text, finding.fixes[0].edits)
    assert f"{stable}(" in fixed
    assert not analyze(fixed).findings
