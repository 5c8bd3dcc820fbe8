"""Every before/after pair of the tables: the text, the convergence, and what torch makes of both."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from chainrule.edits import apply
from chainrule.fixes import FixSite, Repair
from chainrule.fixes.imports import import_edits
from chainrule.names import Names
from chainrule.rules.rewrites import BY_CODE, Rewrite
from fixes.table import Case, cases, run

CASES = cases()
CHANGED = [case for case in CASES if case.after]
SEEDS = range(4)


def rewrites(code: str, rule: str) -> list[Rewrite]:
    tree = ast.parse(code)
    names = Names()
    names.add(tree.body)
    scopes: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.Module] = [tree]
    scopes += [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    owners = {
        method: owner for owner in ast.walk(tree) if isinstance(owner, ast.ClassDef) for method in owner.body
    }
    return [found for scope in scopes for found in BY_CODE[rule].find(scope, names, code, owners.get(scope))]


def repairs(case: Case) -> list[Repair]:
    if case.mark is None:
        return [found.repair for found in rewrites(case.before, case.rule) if found.repair is not None]
    return list(repairs_at(case))


def repairs_at(case: Case) -> tuple[Repair, ...]:
    from chainrule.fixes.repairs import repairs_for
    from chainrule.flow.core.causes import Cause

    tree = ast.parse(case.before)
    names = Names()
    names.add(tree.body)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    site = FixSite(case.before, tree, tree, None, names)
    marked = [
        n for n in ast.walk(tree) if isinstance(n, ast.expr | ast.stmt) and site.source.span(n) == case.mark
    ]
    assert marked, "no expression has the marked range"
    around = [f for f in functions if site.source.span(f)[0] <= case.mark[0] < site.source.span(f)[1]]
    function = around[-1] if around else None
    here = FixSite(case.before, tree, marked[-1], function, names.within(function))
    cause = Cause(case.rule)
    # What follows in the text, or calls the function, stands in for the way that the analysis finds.
    onward = tuple(n for n in ast.walk(tree) if isinstance(n, ast.Call) and n is not marked[-1])
    whole = replace(here, way=onward, returns_loss=False)
    return (*repairs_for(cause, whole, wider=True), *repairs_for(cause, here))


def chosen(case: Case) -> Repair:
    found = [repair for repair in repairs(case) if case.fix in repair.title]
    assert found, [repair.title for repair in repairs(case)]
    return found[0]


@pytest.mark.parametrize("case", CHANGED, ids=str)
def test_the_text_after(case: Case) -> None:
    repair = chosen(case)
    edited = apply(case.before, repair.edits)
    assert apply(edited, import_edits(edited, repair.imports)) == case.after
    assert repair.applicability.value == case.promise


def with_crlf(code: str) -> str:
    return code.replace("\n", "\r\n")


def with_tabs(code: str) -> str:
    return re.sub(r"^( {4})+", lambda match: "\t" * (len(match[0]) // 4), code, flags=re.MULTILINE)


def with_other_letters(code: str) -> str:
    return re.sub(r"\b(pred|x|scores|w|p)\b", lambda match: f"{match[0]}_é日本", code)


@pytest.mark.parametrize("change", [with_crlf, with_tabs, with_other_letters])
@pytest.mark.parametrize("case", CHANGED, ids=str)
def test_the_text_in_other_styles(case: Case, change: Callable[[str], str]) -> None:
    other = case.written(change)
    assert apply(other.before, chosen(other).edits) == other.after


@pytest.mark.parametrize("case", CHANGED, ids=str)
def test_comments_stay(case: Case) -> None:
    assert re.findall(r"#.*", case.before) == re.findall(r"#.*", case.after)


@pytest.mark.parametrize("case", [case for case in CHANGED if case.mark is None], ids=str)
def test_the_rewrite_converges(case: Case) -> None:
    assert not rewrites(case.after, case.rule)


@pytest.mark.parametrize("case", [case for case in CHANGED if case.inputs], ids=str)
def test_torch_agrees(case: Case) -> None:
    before = [run(case.before, case, seed) for seed in SEEDS]
    after = [run(case.after, case, seed) for seed in SEEDS]
    for old, new in zip(before, after, strict=True):
        assert not new.error
        if case.promise == "safe":
            if old.loss is not None and bool(torch.isfinite(old.loss).all()):
                # numpy and Python compute with doubles.
                torch.testing.assert_close(new.loss, old.loss, rtol=1e-4, atol=1e-5, check_dtype=False)
            if old.flows():
                torch.testing.assert_close(new.gradients, old.gradients, rtol=1e-4, atol=1e-5)
    assert any(outcome.flows() for outcome in after), [outcome.gradients for outcome in after]


@pytest.mark.parametrize("case", [case for case in CASES if case.promise == "disabled"], ids=str)
def test_a_disabled_fix_says_why(case: Case) -> None:
    repair = chosen(case)
    assert not repair.edits
    assert case.reason in repair.reason


@pytest.mark.parametrize("case", [case for case in CASES if case.promise == "silent"], ids=str)
def test_correct_code_stays_silent(case: Case) -> None:
    assert not rewrites(case.before, case.rule)
