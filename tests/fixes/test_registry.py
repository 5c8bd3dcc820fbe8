"""The two doors that the rules use: the table of repairs and the list of rewrites."""

from __future__ import annotations

import ast

from chainrule import analyze
from chainrule.fixes.repairs import REPAIRS
from chainrule.flow.core.causes import Cause
from chainrule.names import Names
from chainrule.rules.rewrites import find_rewrites


def test_every_cause_has_a_repair() -> None:
    assert set(Cause) == set(REPAIRS)


def test_one_expression_gets_one_rewrite() -> None:
    text = """
import torch.nn.functional as F


def loss(x, t):
    return F.nll_loss(F.softmax(x, dim=1).log(), t)
"""
    tree = ast.parse(text)
    names = Names()
    names.add(tree.body)
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    assert [code for code, _ in find_rewrites(function, names, text)] == ["CR702"]


def test_the_sources_are_the_arguments() -> None:
    text = """
import torch


def loss(predictions, targets, k=3):
    terms = []
    for i in range(len(predictions)):
        row = predictions[i]
        _, best = torch.topk(row, k)
        terms.append((row[best] - targets[i][best]).abs().sum())
    return sum(terms)
"""
    tree = ast.parse(text)
    names = Names()
    names.add(tree.body)
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    ((code, found),) = find_rewrites(function, names, text)
    assert (code, found.sources) == ("CR701", ("predictions", "targets"))
    assert "none passes through the indices" in found.message


def test_probabilities_are_not_called_logits() -> None:
    text = """
import torch
import torch.nn.functional as F


def loss(probs, labels):
    hot = F.one_hot(labels, 5)
    return -(hot * torch.log(probs)).sum(1).mean()
"""
    tree = ast.parse(text)
    names = Names()
    names.add(tree.body)
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    ((code, found),) = find_rewrites(function, names, text)
    assert code == "CR702"
    assert "nll_loss takes the logarithm of `probs`" in found.message


GREEDY_DECODER = """\
import torch.nn as nn


class Decoder(nn.Module):
    def __init__(self, words, width):
        super().__init__()
        self.emb = nn.Embedding(words, width)
        self.cell = nn.GRUCell(width, width)
        self.out = nn.Linear(width, words)

    def loss(self, start, state, critic, length=4):
        word, score = start, 0.0
        for _ in range(length):
            state = self.cell(self.emb(word), state)
            word = self.out(state).argmax(dim=-1)
            score = score + critic(word).mean()
        return -score
"""


def test_an_index_that_a_loop_carries_to_a_table_is_not_made_its_expectation() -> None:
    fixes = [fix for finding in analyze(GREEDY_DECODER).findings for fix in finding.fixes]
    assert not [fix.title for fix in fixes if "index" in fix.title]


def test_no_smooth_bound_for_what_starts_far_beyond_it() -> None:
    text = """
import torch
from torch import nn


class Poster(nn.Module):
    def __init__(self):
        super().__init__()
        self.near = nn.Parameter(torch.full((3,), 2.0))
        self.far = nn.Parameter(torch.full((3,), 200.0))

    def near_loss(self, y):
        return (self.near.clamp(0.0, 1.0) - y).abs().sum()

    def far_loss(self, y):
        return (self.far.clamp(0.0, 1.0) - y).abs().sum()
"""
    near, far = analyze(text).findings
    assert [fix.title for fix in near.fixes] == ["Use a sigmoid, whose gradient never is exactly zero"]
    assert far.fixes == ()
