"""Repairs of drawn indices: the row that they pick, through a relaxed one-hot draw."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import integer, op_of
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.repairs.common import casts_around, op_near, text_of
from chainrule.fixes.repairs.indices import fits, read
from chainrule.fixes.repairs.picks import Pick, uses_of
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.stable import operation
from chainrule.fixes.statements import insert_before, stands_alone

_SHAPES = frozenset(["squeeze", "flatten", "view", "reshape", "ravel"])
_READ = frozenset(["row", "embedding", "one_hot", "gathered"])


def relaxed_choice(site: FixSite) -> Iterator[Repair]:
    """`table[torch.multinomial(p, 1).squeeze(-1)]` → `F.gumbel_softmax(p.log(), hard=True) @ table`

    A draw of `torch.distributions.Categorical` alike: the draws are as likely as before, and have the
    gradient of the softmax. Jang, Gu and Poole, "Categorical Reparameterization with Gumbel-Softmax", 2017.
    """
    drawn = _drawn(site)
    if drawn is None:
        return
    index, logits = drawn
    statement = site.statement(index)
    name = ""
    match site.parent(index):
        case ast.Assign(targets=[ast.Name(id=name)]):
            pass
        case _:
            pass
    pick = Pick(index, "-1", False, index, name, statement)
    reads = site.scope.reads.get(name, ()) if name else ()
    uses = list(uses_of(site, pick))
    fitting = all(use.kind in _READ and fits(pick, use) for use in uses)
    if not uses or not fitting or (name and len(uses) != len(reads)):
        return
    plan = site.plan()
    text = f"{plan.spell('torch.nn.functional.gumbel_softmax')}({logits}, hard=True)"
    if len(uses) > 1 or name:
        if statement is None or not stands_alone(site.source, statement):
            return
        choice = site.scope.fresh("choice_weights", "chosen")
        insert_before(plan, statement, f"{choice} = {in_one_line(text)}")
        text = choice
    for use in uses:
        plan.replace(use.node, read(site, plan, pick, use, text))
    title = "Draw with `gumbel_softmax` (as likely as before, with the gradient of the softmax)"
    yield plan.repair(title, Applicability.UNSAFE)


def expected(site: FixSite) -> Pick | None:
    """A drawn index as the pick of its probabilities, for the mean over the draws; None for others."""
    op = op_near(site, {"multinomial"})
    if op is None or op.tensor is None or integer(op.get(1, "num_samples")) != 1:
        return None
    index = _shaped(site, op.node)
    made = operation(site.scope, site.names, site.scope.value_of(op.tensor))
    dim = made.get(1, "dim") if made is not None and made.name == "softmax" else None
    if index is op.node or integer(dim) not in (-1, 1):
        return None
    along = str(integer(dim))
    match site.parent(index):
        case ast.Assign(targets=[ast.Name(id=name)]):
            return Pick(op.tensor, along, False, index, name, site.statement(index))
        case _:
            return Pick(op.tensor, along, False, index, "", site.statement(index))


def _drawn(site: FixSite) -> tuple[ast.expr, str] | None:
    """The expression of one drawn index per row, and the logits that it is drawn by."""
    op = op_near(site, {"multinomial", "sample"})
    if op is None or op.tensor is None:
        return None
    if op.name == "multinomial":
        if integer(op.get(1, "num_samples")) != 1:
            return None
        shaped = _shaped(site, op.node)
        return (shaped, _log(site, op.tensor)) if shaped is not op.node else None
    if len(op.operands) != 1 or op.keywords:
        return None
    made = site.scope.value_of(op.tensor)
    dotted = site.names.resolve(made.func) if isinstance(made, ast.Call) else None
    if not isinstance(made, ast.Call) or not (dotted or "").endswith("distributions.Categorical"):
        return None
    words = {word.arg: word.value for word in made.keywords}
    if "logits" in words:
        return op.node, site.segment(words["logits"])
    given = words.get("probs") or (made.args[0] if made.args else None)
    return None if given is None else (op.node, _log(site, given))


def _log(site: FixSite, probabilities: ast.expr) -> str:
    """The text of the logarithm of probabilities; of a softmax, what it is the softmax of."""
    squashed = operation(site.scope, site.names, site.scope.value_of(probabilities))
    if squashed is not None and squashed.name == "softmax" and squashed.tensor is not None:
        if not site.scope.rebound(squashed.node, site.node):
            dim = squashed.get(1, "dim")
            if integer(dim) in (-1, 1) and isinstance(squashed.tensor, ast.Name | ast.Attribute):
                return site.segment(squashed.tensor)
    return f"{text_of(site, probabilities)}.clamp(min=1e-8).log()"


def _shaped(site: FixSite, node: ast.expr) -> ast.expr:
    """A draw with the method that takes its last dimension of size 1 away."""
    attribute = site.parent(node)
    call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    op = op_of(call, site.names) if call is not None else None
    if op is not None and op.name in _SHAPES and isinstance(call, ast.Call):
        outer = casts_around(site, call)
        return outer if isinstance(outer, ast.expr) else call
    match site.parent(node):
        case ast.Subscript(slice=ast.Tuple(elts=[_, ast.Constant(value=0)])) as first:
            return first
        case _:
            return node
