"""Rewrites (CR7xx): correct code for which there is a better form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chainrule.fixes.site import ScopeNode
from chainrule.names import Names
from chainrule.rules.rewrites import one_hot, topk_mask
from chainrule.rules.rewrites.model import Rewrite

Finder = Callable[[ScopeNode, Names, str], Iterator[Rewrite]]

RULES: Mapping[str, Finder] = {
    "CR701": topk_mask.find,
    "CR702": one_hot.find,
}

__all__ = ["RULES", "Finder", "Rewrite"]
