"""Repair of a tensor whose data is exchanged: the tensor itself is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.site import FixSite, Repair

_TITLE = "Give the name the tensor itself, not its data"


def write_itself(site: FixSite) -> Iterator[Repair]:
    """`out.data = x` → `out = x`, of a tensor that the function made"""
    statement = site.statement()
    plan = site.plan()
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name() as owner, attr="data") as view]):
            pass
        case _:
            return
    binding = site.scope.binding_of(owner)
    if binding is None or binding.value is None or site.function is None:
        return  # an argument may be a leaf
    plan.replace(view, owner.id)
    yield plan.repair(_TITLE, Applicability.UNSAFE)
