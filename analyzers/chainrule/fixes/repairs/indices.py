"""Repairs of indices of maxima that are used as values: expectations under a softmax."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability, Edit
from chainrule.fixes.calls import atom, integer, op_of
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.repairs.common import casts_around, hoist, text_of, wrapped
from chainrule.fixes.repairs.numbers import is_integer
from chainrule.fixes.repairs.picks import Pick, Use, pick_of, uses_of
from chainrule.fixes.repairs.readers import count_degrees
from chainrule.fixes.repairs.wholes import with_takers
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import insert_before, stands_alone

_NUMBERS = frozenset({"value", "computed", "equal", "unequal"})
# What replaces an index without the dimension in which it was found; and what has a dimension more.
_WITHOUT_DIM = frozenset({"value", "computed", "row", "embedding", "one_hot"})
_NEW_DIM = frozenset({"row", "embedding", "one_hot"})
_TO_CHANNELS = ([0, 2, 1], [0, 3, 1, 2], [0, 4, 1, 2, 3])


def soft_index(site: FixSite) -> Iterator[Repair]:
    """`x.argmax(d)`, `x.max(d)[1]`, … → what their readers compute, expected under the softmax of `x`

    A value becomes the expected index (soft-argmax), `table[index]` and `embedding(index)` the mean of the
    rows, `one_hot(index)` the probabilities, `index == label` the probability of the label.
    """
    pick = pick_of(site)
    if pick is None:
        return
    uses = list(uses_of(site, pick))
    if not uses or any(not fits(pick, use) or _is_carried(site, pick, use) for use in uses):
        return
    smooth: list[ast.AST] = [
        use.node for use in uses if use.kind in ("value", "computed", "equal", "unequal")
    ]
    if pick.node is not None and all(use.kind == "value" for use in uses):
        yield with_takers(site, _expected_index(site, pick), *smooth)
        return
    plan = site.plan()
    weights = _weights(site, plan, pick, uses)
    for use in uses:
        plan.replace(use.node, read(site, plan, pick, use, weights))
    smooth = list(dict.fromkeys(multiplied(site, plan, node) for node in smooth))
    for node in smooth:
        count_degrees(site, plan, node)
    said = dict.fromkeys(SAID[use.kind] for use in uses)
    repair = plan.repair(f"Use {' and '.join(said)}", Applicability.UNSAFE)
    yield with_takers(site, repair, *smooth)


def _is_carried(site: FixSite, pick: Pick, use: Use) -> bool:
    """Whether a loop brings an index to its use: the use is above it in the text."""
    if pick.statement is None or not hasattr(use.node, "lineno"):
        return False
    return site.source.span(use.node)[1] <= site.source.span(pick.statement)[0]


def multiplied(site: FixSite, plan: Plan, node: ast.AST) -> ast.AST:
    """The whole conjunction that a truth is a part of, written with `*` in the place of `&`."""
    while isinstance(parent := site.parent(node), ast.BinOp) and isinstance(parent.op, ast.BitAnd):
        first, last = site.source.span(parent.left)[1], site.source.span(parent.right)[0]
        between = site.text[first:last]
        if between.count("&") != 1 or "#" in between:
            break
        at = first + between.index("&")
        edit = Edit(site.source.range(at, at + 1), "*")
        if edit not in plan.edits:
            plan.edits.append(edit)
        node = parent
    return node


def fits(pick: Pick, use: Use) -> bool:
    """Whether an index that gathers does so along the dimension that it was found in.

    One that has kept this dimension has no place among the others of a cell.
    """
    if use.kept and (use.kind == "cell" or integer(ast.parse(pick.dim, mode="eval").body) is None):
        return False
    if use.kind == "scattered":
        return isinstance(use.index, ast.expr) and ast.unparse(use.index) == pick.dim
    if not use.kind.startswith("gathered"):
        return True
    if use.kind == "gathered whole" and not use.kept:
        return False
    dims = {pick.dim, ast.unparse(use.index) if use.index is not None else ""}
    return len(dims) == 1 or ("-1" in dims and "" not in dims)


SAID = {
    "value": "the expected index under softmax (soft-argmax)",
    "row": "the mean of the rows, weighted by the softmax",
    "embedding": "the mean of the embeddings, weighted by the softmax",
    "one_hot": "the softmax in place of the one-hot of the argmax",
    "scattered": "the softmax in place of the one-hot of the argmax",
    "cell": "the mean of the entries, weighted by the softmax",
    "bincount": "the softmax in place of the counts of the argmax",
    "equal": "the probability of the label in place of a hit",
    "unequal": "the probability of the label in place of a hit",
    "gathered whole": "the mean of the gathered values, weighted by the softmax",
    "gathered": "the mean of the gathered values, weighted by the softmax",
    "computed": "the expectation of the index under softmax",
}


def _weights(site: FixSite, plan: Plan, pick: Pick, uses: list[Use]) -> str:
    """The text of the probabilities, or the name that they get where they are read more than once."""
    text = softmax_of(site, plan, pick)
    statement = pick.statement
    short = len(uses) == 1 and uses[0].kind not in ("value", "computed")
    if short or statement is None or not stands_alone(site.source, statement):
        return text
    name = site.scope.fresh("probs", "probabilities")
    insert_before(plan, statement, f"{name} = {in_one_line(text)}")
    return name


def softmax_of(site: FixSite, plan: Plan, pick: Pick) -> str:
    """The text of the probabilities of the positions, which are the last dimension.

    Scores that are a softmax along the dimension are taken as they are.
    """
    sign = "-" if pick.smallest else ""
    scores = site.segment(pick.scores) if not sign else text_of(site, pick.scores)
    softmax = plan.spell("torch.softmax")
    if not pick.dim:
        return f"{softmax}({sign}{text_of(site, pick.scores)}.flatten(), dim=0)"
    given = op_of(site.scope.value_of(pick.scores), site.names)
    along = given.get(1, "dim") if given is not None and given.name == "softmax" else None
    are_probabilities = along is not None and site.segment(along) == pick.dim and not sign
    text = text_of(site, pick.scores) if are_probabilities else f"{softmax}({sign}{scores}, dim={pick.dim})"
    return text if pick.dim == "-1" else f"{text}.movedim({pick.dim}, -1)"


def read(site: FixSite, plan: Plan, pick: Pick, use: Use, weights: str) -> str:
    """What a use becomes."""
    text = _read(site, plan, pick, use, weights)
    if not use.kept or use.kind not in _WITHOUT_DIM:
        return text
    dim = int(pick.dim)
    dim -= use.kind in _NEW_DIM and dim < 0
    return f"{_enclosed(text)}.unsqueeze({dim})"


def _enclosed(text: str) -> str:
    """An expression in parentheses where it is one of operators that has none yet."""
    if not isinstance(ast.parse(text, mode="eval").body, ast.BinOp):
        return text
    try:
        ast.parse(text[1:-1], mode="eval")
    except SyntaxError:
        return f"({text})"
    return text if text.startswith("(") else f"({text})"


def _read(site: FixSite, plan: Plan, pick: Pick, use: Use, weights: str) -> str:
    match use.kind:
        case "one_hot":
            return _one_hot(site, plan, pick, use, weights)
        case "scattered":
            return weights.removesuffix(f".movedim({pick.dim}, -1)")
        case "cell":
            assert use.other is not None and isinstance(use.index, ast.Tuple)
            rows = ", ".join(site.segment(part) for part in use.index.elts[:-1])
            return f"({weights} * {text_of(site, use.other)}[{rows}]).sum(-1)"
        case "bincount":
            return f"{weights}.flatten(0, -2).sum(0)"
        case "row" | "embedding":
            assert use.other is not None
            table = text_of(site, use.other) + (".weight" if use.kind == "embedding" else "")
            return wrapped(site, use.node, f"{weights} @ {table}")
        case "gathered" | "gathered whole":
            return _mean_along(site, pick, use, weights)
        case "equal" | "unequal":
            assert use.other is not None
            hit = _hit(site, pick, use, weights)
            return hit if use.kind == "equal" else wrapped(site, use.node, f"1 - {hit}")
        case _:
            return _expectation(site, plan, use, weights)


def _hit(site: FixSite, pick: Pick, use: Use, weights: str) -> str:
    """The probability of the labels; labels have the dimension that the index has kept, too."""
    assert use.other is not None
    if is_integer(site, use.other):
        hit = f"{weights}[..., {site.segment(use.other)}]"
        return f"{hit}.unsqueeze({pick.dim})" if use.kept else hit
    labels = text_of(site, use.other)
    if not use.kept:
        return f"{weights}.gather(-1, {labels}.unsqueeze(-1)).squeeze(-1)"
    along = weights.removesuffix(f".movedim({pick.dim}, -1)")
    if along != weights or pick.dim == "-1":
        return f"{along}.gather({pick.dim}, {labels})"
    return f"{weights}.gather(-1, {labels}.movedim({pick.dim}, -1)).movedim(-1, {pick.dim})"


def _mean_along(site: FixSite, pick: Pick, use: Use, weights: str) -> str:
    """`(weights * values).sum(d)` in place of `values.gather(d, index)`."""
    assert use.other is not None
    assert isinstance(use.index, ast.expr)
    table = text_of(site, use.other)
    dim = site.segment(use.index)
    kept = ", keepdim=True" if _is_gather(site, use.node) else ""
    moved = f".movedim({pick.dim}, -1)"
    if weights.endswith(moved):
        return f"({weights.removesuffix(moved)} * {table}).sum({dim}{kept})"
    if pick.dim == "-1":
        return f"({weights} * {table}).sum({dim}{kept})"
    return f"({weights}.movedim(-1, {pick.dim}) * {table}).sum({dim}{kept})"


def _is_gather(site: FixSite, node: ast.AST) -> bool:
    op = op_of(node, site.names)
    return op is not None and op.name in ("gather", "take_along_dim")


def _one_hot(site: FixSite, plan: Plan, pick: Pick, use: Use, weights: str) -> str:
    """The probabilities, with the classes last; `.permute(0, 3, 1, 2)` behind it then undoes that."""
    moved = f".movedim({pick.dim}, -1)"
    attribute = site.parent(use.node)
    call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    op = op_of(call, site.names) if isinstance(call, ast.Call) else None
    if pick.dim != "1" or op is None or not weights.endswith(moved):
        return weights
    steps = [integer(step) for step in op.operands[1:]]
    channels = op.name == "permute" and steps in _TO_CHANNELS
    if channels or (op.name in ("movedim", "moveaxis") and steps == [-1, 1]):
        start, end = site.source.span(use.node)[1], site.source.span(casts_around(site, op.node))[1]
        plan.replace_span(start, end, "")
        return weights.removesuffix(moved)
    return weights


def _expectation(site: FixSite, plan: Plan, use: Use, weights: str) -> str:
    """`weights @ positions`, or the same of what is computed from the positions."""
    arange = plan.spell("torch.arange")
    positions = f"{arange}({weights}.size(-1), device={weights}.device)"
    if use.other is not None and use.index is not None:
        computed = site.source.substitute(use.other, {use.index: positions})
        values = f"({computed}).to({weights}.dtype)"
    else:
        values = f"{positions[:-1]}, dtype={weights}.dtype)"
    return wrapped(site, use.node, f"{weights} @ {values}")


def _expected_index(site: FixSite, pick: Pick) -> Repair:
    """The index itself becomes its expectation; its readers stay as they are."""
    assert pick.node is not None
    plan = site.plan()
    outer = casts_around(site, pick.node)
    x = hoist(site, plan, pick.scores, "scores")
    if not x.isidentifier():
        x = atom(pick.scores, x)
    sign = "-" if pick.smallest else ""
    dim = pick.dim
    if not dim:
        x, dim = f"{x}.flatten()", "0"
    given = op_of(site.scope.value_of(pick.scores), site.names)
    along = given.get(1, "dim") if given is not None and given.name == "softmax" else None
    probabilities = f"{plan.spell('torch.softmax')}({sign}{x}, dim={dim})"
    if along is not None and site.segment(along) == dim and not sign:
        probabilities = x
    moved = probabilities if dim == "-1" else f"{probabilities}.movedim({dim}, -1)"
    positions = f"{plan.spell('torch.arange')}({x}.size({dim}), dtype={x}.dtype, device={x}.device)"
    text = f"{moved} @ {positions}"
    plan.replace(outer, f"({text}).unsqueeze({dim})" if pick.kept else wrapped(site, outer, text))
    return plan.repair("Use the expected index under softmax (soft-argmax)", Applicability.UNSAFE)
