"""Rewrites (CR7xx): correct code for which there is a better form."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.site import ScopeNode
from chainrule.names import Names
from chainrule.rules.rewrites import bce_logits, log_softmax, one_hot, per_sample, topk_mask
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, holds
from chainrule.syntax import walk_tree

RULES: tuple[RewriteRule, ...] = (
    topk_mask.RULE,
    one_hot.RULE,
    log_softmax.RULE,
    bce_logits.RULE,
    per_sample.RULE,
)
BY_CODE = {rule.code: rule for rule in RULES}


def may_rewrite(text: str) -> bool:
    """Whether a function with this text can hold a rewrite; much cheaper than to look for one."""
    return any(holds(text, rule.words) for rule in RULES)


def find_rewrites(
    function: ScopeNode, names: Names, text: str, owner: ast.ClassDef | None = None
) -> Iterator[tuple[str, Rewrite]]:
    """Every rewrite of one scope, with its code. Where one expression has several, the first code wins.

    `owner` is the class of a method: what it binds to attributes is known in the method.
    """
    taken: list[ast.AST] = []
    for rule in RULES:
        found = [
            r
            for r in rule.find(function, names, text, owner)
            if not any(_within(r.node, node) for node in taken)
        ]
        for rewrite in found:
            yield rule.code, rewrite
        taken += [rewrite.node for rewrite in found]


def _within(node: ast.AST, outer: ast.AST) -> bool:
    return any(child is node for child in walk_tree(outer))


__all__ = ["BY_CODE", "RULES", "Rewrite", "RewriteRule", "find_rewrites", "may_rewrite"]
