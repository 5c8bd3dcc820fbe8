"""What the pages say is so: the analysis finds the example and nothing else, and torch agrees."""

from __future__ import annotations

import itertools

import pytest
import torch

from chainrule import analyze
from chainrule.findings import Finding, Verdict
from chainrule.fixes import apply_fixes
from chainrule.rules import RULES, Described
from chainrule.rules.rewrites import REWRITES
from rules.pages import loss_and_gradient, program, run

# A silencer hides a cut, which is told too.
BESIDES = {"CR401": {"CR101"}, "CR402": {"CR107"}}
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def findings(rule: Described, heading: str) -> tuple[Finding, ...]:
    return analyze(program(rule, heading)).findings


@every_rule
def test_the_example_is_found(rule: Described) -> None:
    codes = [finding.code for finding in findings(rule, "Example")]
    assert sorted(codes) == sorted({rule.code} | BESIDES.get(rule.code, set()))


@every_rule
def test_use_instead_is_silent(rule: Described) -> None:
    assert findings(rule, "Use instead") == ()


@every_rule
def test_torch_agrees_about_the_example(rule: Described) -> None:
    (finding,) = (each for each in findings(rule, "Example") if each.code == rule.code)
    outcome = run(program(rule, "Example"), names=("weights",))
    if finding.verdict is Verdict.CUT:
        assert outcome.error or "cut" in outcome.gradients
    else:
        assert not outcome.error
        assert finding.verdict.value in outcome.gradients


@every_rule
def test_torch_agrees_about_use_instead(rule: Described) -> None:
    outcome = run(program(rule, "Use instead"), names=("weights",))
    assert not outcome.error
    assert outcome.gradients
    assert set(outcome.gradients) == {"flows"}


@every_rule
def test_the_fix_of_the_example_is_use_instead(rule: Described) -> None:
    found = findings(rule, "Example")
    offered = [[fix for fix in finding.fixes if fix.edits] for finding in found]
    if not all(offered):
        assert "There is no automatic fix" in rule.doc
        return
    example = program(rule, "Example")
    fixed = [apply_fixes(example, choice)[0] for choice in itertools.product(*offered)]
    assert program(rule, "Use instead") in fixed


@every_rule
def test_the_message_is_one_sentence_about_the_sources(rule: Described) -> None:
    for finding in findings(rule, "Example"):
        message = finding.message
        assert "\n" not in message and not message.endswith(".")
        assert message[0].isupper() or message[0] == "`"
        assert 40 <= len(message) <= 180


@pytest.mark.parametrize("rule", REWRITES, ids=lambda rule: rule.code)
def test_a_rewrite_keeps_the_loss_or_says_that_it_does_not(rule: Described) -> None:
    before, after = (loss_and_gradient(program(rule, heading)) for heading in ("Example", "Use instead"))
    if rule.code == "CR702":
        assert "another objective" in rule.doc
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
    fixed, _ = apply_fixes(text, finding.fixes[:1])
    assert f"{stable}(" in fixed
    assert not analyze(fixed).findings
