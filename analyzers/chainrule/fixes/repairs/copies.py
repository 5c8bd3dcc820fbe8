"""Repairs of copies of modules that are given computed weights, and of weights that a lookup changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import operand
from chainrule.fixes.repairs.uncut import uncut
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import block_of, remove, stands_alone
from chainrule.syntax import walk_tree


def call_functionally(site: FixSite) -> Iterator[Repair]:
    """`twin = deepcopy(net)`, `twin.load_state_dict(fast)`, `twin(x)` → `functional_call(net, fast, (x,))`"""
    statement = site.statement()
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=twin)], value=ast.Call(args=[ast.Name() | ast.Attribute() as net]) as made
        ) if site.names.resolve(made.func) == "copy.deepcopy" and stands_alone(site.source, statement):
            pass
        case _:
            return
    loads: list[ast.Expr] = []
    weights: ast.expr | None = None
    calls: list[ast.Call] = []
    for read in site.scope.reads.get(twin, ()):
        parent = site.parent(read)
        match parent:
            case ast.Call(func=function, keywords=[]) if function is read:
                calls.append(parent)
                continue
            case ast.Attribute(attr="load_state_dict"):
                call = site.parent(parent)
                outer = site.parent(call) if call is not None else None
                if isinstance(call, ast.Call) and isinstance(outer, ast.Expr) and call.args:
                    loads.append(outer)
                    weights = call.args[0]
                    continue
            case ast.Attribute(attr="train" | "eval"):
                pass
            case _:
                pass
        return
    if len(loads) != 1 or not isinstance(weights, ast.Name) or not calls:
        return
    if any(call.lineno < loads[0].lineno for call in calls) or not stands_alone(site.source, loads[0]):
        return
    block = block_of(site.parents, statement)
    if block is None or len(block) <= 2:
        return
    plan = site.plan()
    remove(plan, statement, loads[0])
    call_of = plan.spell("torch.func.functional_call")
    for call in calls:
        given = ", ".join(site.segment(part) for part in call.args)
        comma = "," if len(call.args) == 1 else ""
        plan.replace(call, f"{call_of}({site.segment(net)}, {weights.id}, ({given}{comma}))")
    yield plan.repair("Call the module with these weights, not a copy of it", Applicability.UNSAFE)


def call_with_computed(site: FixSite) -> Iterator[Repair]:
    """`self.net.weight.data += delta`, then `self.net(x)` → `functional_call(self.net, {…}, (x,))`

    For a layer of the object that its other methods call; what is computed is kept under a name of its own.
    """
    statement = site.statement()
    match statement:
        case ast.AugAssign(target=target, op=ast.Add() | ast.Sub() as operator, value=value):
            sign = "+" if isinstance(operator, ast.Add) else "-"
        case ast.Assign(targets=[target], value=value):
            sign = ""
        case _:
            return
    match target:
        case ast.Attribute(
            value=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="self"), attr=layer), attr="weight" | "bias" as weight
            ),
            attr="data",
        ):
            pass
        case _:
            return
    calls = [
        node
        for node in walk_tree(site.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"self.{layer}"
    ]
    if not calls or any(call.keywords for call in calls) or not stands_alone(site.source, statement):
        return
    taken = {n.attr for n in walk_tree(site.tree) if isinstance(n, ast.Attribute)}
    kept = f"merged_{weight}" if f"merged_{weight}" not in taken else f"computed_{weight}"
    text = uncut(site, value)
    own = f"self.{layer}.{weight}"
    text = f"{own} {sign} {operand(value, text)}" if sign else text.replace(f"{own}.data", own)
    plan = site.plan()
    plan.replace(statement, f"self.{kept} = {text}")
    call_of = plan.spell("torch.func.functional_call")
    for call in calls:
        given = ", ".join(site.segment(part) for part in call.args)
        comma = "," if len(call.args) == 1 else ""
        plan.replace(call, f'{call_of}(self.{layer}, {{"{weight}": self.{kept}}}, ({given}{comma}))')
    title = f"Call `self.{layer}` with the computed {weight}, which is not written into it"
    yield plan.repair(title, Applicability.UNSAFE)


def copy_renormed(site: FixSite) -> Iterator[Repair]:
    """`self.out(self.table.weight)` before `self.table(i)`, which renorms it → `self.table.weight.clone()`"""
    call = next((n for n in walk_tree(site.node) if isinstance(n, ast.Call) and _is_renorming(site, n)), None)
    if call is None:
        return
    spelled = f"{ast.unparse(call.func)}.weight"
    plan = site.plan()
    for node in walk_tree(site.function or site.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == spelled and node.lineno <= call.lineno:
            plan.insert(site.source.span(node)[1], ".clone()")
    if plan.edits:
        yield plan.repair("Copy the weights that the lookup is to change", Applicability.SAFE)


def _is_renorming(site: FixSite, call: ast.Call) -> bool:
    """Whether a call is of an `nn.Embedding(…, max_norm=…)` of the object."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            made = site.scope.attributes.get(name)
            return made is not None and any(word.arg == "max_norm" for word in made.keywords)
        case _:
            return False
