"""Repair of `out=`: the result of the call is kept under the name that it would have been written to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.site import FixSite, Repair


def keep_result(site: FixSite) -> Iterator[Repair]:
    """`torch.add(a, b, out=c)` → `c = torch.add(a, b)`

    Whatever else shares the memory of `c` no longer sees the result, so a human has to look.
    """
    call = site.node
    keywords = call.keywords if isinstance(call, ast.Call) else []
    target = next((each for each in keywords if each.arg == "out"), None)
    if not isinstance(call, ast.Call) or target is None or not isinstance(target.value, ast.Name):
        return
    name = target.value.id
    match site.statement():
        case ast.Expr(value=value) if value is call:
            before = f"{name} = "
        case ast.Assign(value=value, targets=[ast.Name(id=bound)]) if value is call and bound == name:
            before = ""
        case _:
            return
    given = [
        *(site.segment(each) for each in call.args),
        *(
            f"{each.arg}={site.segment(each.value)}" if each.arg else f"**{site.segment(each.value)}"
            for each in call.keywords
            if each is not target
        ),
    ]
    plan = site.plan()
    plan.replace(call, f"{before}{site.segment(call.func)}({', '.join(given)})")
    yield plan.repair("Keep the result of the call instead of `out=`", Applicability.UNSAFE)
