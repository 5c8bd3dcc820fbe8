"""What a loop adds up: terms that are lost on the way, and loops that may find nothing to add."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import LEARNS
from chainrule.flow.core.scalars import is_scalar
from chainrule.flow.core.values import Const, Seq, Tensor, Value
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.syntax import walk_tree

FIRST = "first round"
"""The note of a loop that returns in its first round what it has only begun to add up."""
NOT_YET = "or-none"
"""The mark of a value that is still None where the loop that sets it had no round."""
# What is computed from the places that a condition picks: none, for some data.
_PICKS = frozenset(("nonzero", "argwhere"))
_PASSES = frozenset(
    """tolist select t T squeeze flatten view reshape cpu numpy unbind split detach to long int sub add
    unsqueeze clone contiguous""".split()
)
TOTALS = LOSS_WORDS | {"total", "cost", "objective", "aux", "energy", "term", "terms"}


def check(interp: Interpreter, loop: ast.For | ast.AsyncFor, before: dict[str, Value]) -> None:
    """Report terms that are lost, after the first round. `before`: what the names were before the loop."""
    for statement in assignments(loop.body):
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            _overwritten(interp, loop, statement, target, before)
    last = loop.body[-1]
    if isinstance(last, ast.Return) and last.value is not None:
        _returned_early(interp, loop, last, before)


def assignments(body: Sequence[ast.stmt]) -> Iterator[ast.Assign]:
    """The assignments of a loop's body that every round makes, or one of both sides in every round."""
    for statement in body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            yield statement
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            yield from assignments(statement.body)
        elif isinstance(statement, ast.If) and statement.orelse:
            # What both sides set, one of them sets in every round.
            set_too = {ast.unparse(each.targets[0]) for each in assignments(statement.body)}
            both = assignments(statement.orelse)
            yield from (each for each in both if ast.unparse(each.targets[0]) in set_too)
        elif isinstance(statement, ast.If):
            # What some rounds set: the last of them, where it is a sum by its name.
            yield from (each for each in assignments(statement.body) if _sets_total(each))


def _sets_total(statement: ast.Assign) -> bool:
    target = statement.targets[0]
    return isinstance(target, ast.Name) and means_total(target.id)


def _overwritten(
    interp: Interpreter,
    loop: ast.For | ast.AsyncFor,
    statement: ast.Assign,
    target: ast.Name,
    before: dict[str, Value],
) -> None:
    """`total = 0` before the loop, `total = term` in it, never read there: only the last term is kept."""
    value = interp.frame.scope.names.get(target.id)
    if isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) in ("int", "len"):
        return  # a count of what is done so far
    if _is_start(before.get(target.id)) and isinstance(value, Tensor):
        chosen = statement not in loop.body and goes_on(loop)  # the one that a search has found
        if not chosen and not any(target.id in _with(each, ast.Load) for each in loop.body):
            interp.event(Cause.OVERWRITTEN, statement, value.node, target.id)
    elif isinstance(value, Tensor) and _only_last(interp, loop, statement):
        if is_scalar(value.node) and any(each.source is not None for each in behind(value.node)):
            interp.event(Cause.OVERWRITTEN, statement, value.node, target.id)


def _only_last(interp: Interpreter, loop: ast.For | ast.AsyncFor, statement: ast.Assign) -> bool:
    """Whether each round of a loop sets a loss of what it runs over, which is read after the loop alone."""
    name = next(iter(_with(statement.targets[0], ast.Store)), "")
    if not means_total(name) or interp.loops or interp.frame.function is None or goes_on(loop):
        return False
    if any(name in _with(each, ast.Load) for each in loop.body):
        return False
    depends = names_in(loop.target)
    for each in assignments(loop.body):
        if depends & names_in(each.value):
            depends |= _with(each.targets[0], ast.Store)
    returned = (each for each in walk_tree(interp.frame.function) if isinstance(each, ast.Return))
    after = any(name in names_in(each) and each.lineno > loop.lineno for each in returned)
    return name in depends and after


def means_total(name: str) -> bool:
    """Whether a name is that of a loss, or of what adds up to one."""
    return not TOTALS.isdisjoint(words(name))


def _returned_early(
    interp: Interpreter, loop: ast.For | ast.AsyncFor, last: ast.Return, before: dict[str, Value]
) -> None:
    """`total += term` and, in the same round, `return total`: the other rounds are never run."""
    assert last.value is not None
    for statement in loop.body[:-1]:
        name = _added_to(statement)
        if name is None or name not in names_in(last.value) or name not in before:
            continue
        value = interp.frame.scope.names.get(name)
        nodes = interp.nodes([value]) if value is not None else []
        start = before[name]
        if nodes and (_is_start(start) or isinstance(start, Seq)):
            interp.event(Cause.OVERWRITTEN, last, nodes[0], FIRST)
            return


def _added_to(statement: ast.stmt) -> str | None:
    """The name that a statement adds something to: `total += x`, `total = total + x`, `terms.append(x)`."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id if isinstance(statement.op, ast.Add) else None
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name = statement.targets[0].id
        added = isinstance(statement.value, ast.BinOp) and isinstance(statement.value.op, ast.Add)
        return name if added and name in names_in(statement.value) else None
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "append":
        return call.func.value.id if isinstance(call.func.value, ast.Name) else None
    return None


def or_nothing(
    interp: Interpreter, loop: ast.For | ast.AsyncFor, sequence: Value, before: dict[str, Value]
) -> None:
    """After a loop that may have had no round, a sum may still be what it started from."""
    frame = interp.frame
    if interp.loops or frame.asked or any(condition is not None for condition, _ in frame.controls):
        return  # what was asked before may be whether there is anything
    empty = _may_be_empty(sequence)
    given = empty or _is_given(interp, sequence)
    if not given:
        return
    for name, start in before.items():
        value = frame.scope.names.get(name)
        if value is start or not isinstance(value, Tensor) or value.node.kind != "tensor":
            continue
        node = value.node
        if empty and _is_start(start) and not interp.constant(node):
            where = _started(interp, loop, name) or loop.iter
            made = Node("phi", interp.block, where, ((node, None),), node.kind, node.dtype, node.bounds)
            made.tags = node.tags | {"constant-alternative", "data-branch"}
        elif isinstance(start, Const) and start.known and start.value is None:
            made = Node("phi", node.block, node.at, ((node, None),), node.kind, node.dtype, node.bounds)
            made.tags = node.tags | {NOT_YET}
        else:
            continue
        interp.put(frame.scope.names, name, Tensor(made, value.storage, value.base))


def _is_given(interp: Interpreter, sequence: Value) -> bool:
    """Whether a loop runs over what a function was given: it may be empty."""
    return any(
        each.source is not None and each.source.role not in LEARNS
        for node in interp.nodes([sequence])
        for each in behind(node)
    )


def _may_be_empty(sequence: Value, depth: int = 0) -> bool:
    """Whether a loop runs over the places where a condition holds."""
    if isinstance(sequence, Tensor):
        node = sequence.node
        while node.op in _PASSES and node.edges:
            node = node.edges[0][0]
        return node.op in _PICKS or (node.op == "where" and isinstance(node.at, ast.Call) and _asks(node.at))
    if isinstance(sequence, Seq) and (depth or not sequence.exact) and depth < 4:
        return any(_may_be_empty(item, depth + 1) for item in sequence.items)
    return False


def _asks(call: ast.Call) -> bool:
    """Whether `torch.where` or `np.where` is given a condition only: it returns places."""
    return len(call.args) + len(call.keywords) == 1


def _is_start(start: Value | None) -> bool:
    """Whether something is what a sum starts from: 0, `torch.zeros(())`."""
    if isinstance(start, Const):
        return start.known and start.value in (0, 0.0) and start.value is not False
    return isinstance(start, Tensor) and start.node.op in ("zeros", "tensor") and not start.node.edges


def _started(interp: Interpreter, loop: ast.AST, name: str) -> ast.stmt | None:
    """The statement before `loop` that sets `name`."""
    function = interp.frame.function
    if function is None:
        return None
    found = [
        node
        for node in walk_tree(function)
        if isinstance(node, ast.Assign)
        and node.lineno < getattr(loop, "lineno", 0)
        and any(name in names_in(target) for target in node.targets)
    ]
    return max(found, key=lambda node: node.lineno, default=None)


def goes_on(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a round goes on from the one before, or trains: its last result is what was wanted."""
    for node in walk_tree(loop):
        if isinstance(node, (ast.Break, ast.Return)):
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("backward", "step", "append"):
            return True
    written: set[str] = set()
    carried: set[str] = set()
    for statement in _in_order(loop.body):
        carried |= _with(statement, ast.Load) - written
        written |= _with(statement, ast.Store)
    return bool(carried & written)


def _in_order(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The parts of a loop's body as a round runs them, those of loops in it too."""
    for statement in body:
        if isinstance(statement, (ast.For, ast.AsyncFor)):
            yield from (statement.iter, statement.target)
            yield from _in_order(statement.body)
        else:
            yield statement


def _with(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    """The names in `tree` that are read, or written."""
    return {
        node.id for node in walk_tree(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def names_in(tree: ast.AST) -> set[str]:
    """All names in `tree`."""
    return {node.id for node in walk_tree(tree) if isinstance(node, ast.Name)}
