"""Rewrites (CR7xx): correct code for which there is a better form."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from chainrule.fixes.site import ScopeNode
from chainrule.names import Names
from chainrule.rules.rewrites import bce_logits, log_softmax, one_hot, per_sample, topk_mask
from chainrule.rules.rewrites.model import Rewrite, holds

Finder = Callable[[ScopeNode, Names, str], Iterator[Rewrite]]

RULES: Mapping[str, Finder] = {
    "CR701": topk_mask.find,
    "CR702": one_hot.find,
    "CR703": log_softmax.find,
    "CR704": bce_logits.find,
    "CR705": per_sample.find,
}

NAMES: Mapping[str, str] = {
    "CR701": "topk-by-index",
    "CR702": "one-hot-loss",
    "CR703": "log-of-softmax",
    "CR704": "bce-of-sigmoid",
    "CR705": "per-sample-loop",
}


_WORDS = (topk_mask.WORDS, one_hot.WORDS, log_softmax.WORDS, bce_logits.WORDS, per_sample.WORDS)


def may_rewrite(text: str) -> bool:
    """Whether a function with this text can hold a rewrite; much cheaper than to look for one."""
    return any(holds(text, words) for words in _WORDS)


def find_rewrites(function: ScopeNode, names: Names, text: str) -> Iterator[tuple[str, Rewrite]]:
    """Every rewrite of one scope, with its code. Where one expression has several, the first code wins."""
    taken: list[ast.AST] = []
    for code, find in RULES.items():
        found = [r for r in find(function, names, text) if not any(_within(r.node, node) for node in taken)]
        for rewrite in found:
            yield code, rewrite
        taken += [rewrite.node for rewrite in found]


def _within(node: ast.AST, outer: ast.AST) -> bool:
    return any(child is node for child in ast.walk(outer))


__all__ = ["NAMES", "RULES", "Finder", "Rewrite", "find_rewrites", "may_rewrite"]
