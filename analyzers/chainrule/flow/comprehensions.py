"""Comprehensions: the values that are collected, and the conditions under which they are."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.program import Scope
from chainrule.flow.core.values import Const, Map, Seq, Tensor, Value
from chainrule.flow.operations import iteration
from chainrule.flow.operations.comparisons import truth
from chainrule.flow.targets import assign_target


def comprehension(
    interp: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Value:
    frame = interp.frame
    outer = frame.scope
    frame.scope = Scope(outer)
    keys: list[Value] = []
    items: list[Value] = []
    conditions: list[Node] = []
    try:
        exact = _generate(interp, node, 0, keys, items, conditions)
    finally:
        frame.scope = outer
    if isinstance(node, ast.DictComp):
        made = Map({})
        for key, item in zip(keys, items, strict=True):
            if isinstance(key, Const) and key.known and isinstance(key.value, (str, int)):
                made.items[key.value] = item
            else:
                made.rest = item if made.rest is None else interp.join([made.rest, item], node)
        return made
    return Seq(items, "generator" if isinstance(node, ast.GeneratorExp) else "list", exact)


def _generate(
    interp: Interpreter,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    level: int,
    keys: list[Value],
    items: list[Value],
    conditions: list[Node],
) -> bool:
    if level == len(node.generators):
        if isinstance(node, ast.DictComp):
            keys.append(interp.evaluate(node.key))
            items.append(interp.evaluate(node.value))
            return True
        item = interp.evaluate(node.elt)
        for condition in conditions:
            if isinstance(item, Const) and isinstance(item.value, (int, float)):
                made = Node("number", interp.block, node, (), "scalar")
                item = Tensor(interp.controlled(made, condition, node))
        items.append(item)
        return True
    generator = node.generators[level]
    sequence = interp.evaluate(generator.iter)
    parts, exact = iteration.elements(interp, sequence, generator.iter)
    if isinstance(sequence, Seq) and sequence.kind == "parameters":
        exact = False  # which of them there are matters, and not their order
    elif not exact or len(parts) > 4:
        parts = iteration.rounds(interp, sequence, generator.iter)[:1] if parts else []
        exact = False
    for part in parts:
        assign_target(interp, generator.target, part, generator.iter)
        depth = len(conditions)
        skip = False
        for test in generator.ifs:
            decided = interp.evaluate(test)
            if truth(decided) is False:
                skip = True
            if isinstance(decided, Tensor):
                conditions.append(decided.node)
            if truth(decided) is None:
                exact = False
        if not skip:
            exact = _generate(interp, node, level + 1, keys, items, conditions) and exact
        del conditions[depth:]
    return exact
