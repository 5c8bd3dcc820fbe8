"""Functions whose results are figures to print, by what their own file does with them.

`delta1(pred, gt).item()` beside a loss that is trained, `fit(model, data, DiceLoss(), hard_dice)` where `fit`
only notes what its metric gives: nobody waits for such a gradient.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.kinds import Kind, kind_of, returns_loss
from chainrule.flow.core.program import Module
from chainrule.flow.core.reported import CALLED, Reports
from chainrule.flow.core.taken import arguments_of
from chainrule.flow.core.trace import Root
from chainrule.flow.core.uses import Place, attributes, names


def only_a_figure(module: Module, root: Root, cut: frozenset[str]) -> bool:
    """Whether every use of `root` in its file, where something else is trained, wants nothing but its number.

    `cut`: its arguments that get no gradient. What is called a loss is one wherever these have a graph.

    Uses under no_grad do, and of what is detached; so do those whose result becomes a Python number, is
    compared or is given to a logger.
    """
    if isinstance(root.node, ast.Module) or root.name.count(".") > 1:
        return False
    uses = list(_uses(module, root))
    takes = arguments_of(root.node)[root.owner is not None :]
    reports = Reports(module, takes, cut)
    if not all(reports.of_function(use) for use in uses) or not reports.is_called:
        return False
    if root.kind is Kind.LOSS and reports.calls:
        return False
    return not reports.calls or "backward(" in module.text or any(map(_trains, reports.calls))


def _uses(module: Module, root: Root) -> Iterator[Place]:
    """Where a file names a function, calls a method, or makes an object that is called."""
    owner, own = root.owner, root.name.rpartition(".")[2]
    called = owner is not None and own in CALLED
    name = owner.name if owner is not None and called else own
    if module.text.count(name) < 2:
        return
    method = owner is not None and not called
    for use in attributes(module, name) if method else names(module, name):
        if use.block is root.block and (not method or use.function is root.node):
            continue
        around = use.around
        made = called and isinstance(around, ast.Call) and around.func is use.node
        yield use.at(around) if made and around is not None else use


def _trains(call: Place) -> bool:
    """Whether the function around a call is a loss, or gives one."""
    function = call.function
    return function is not None and (kind_of(function, call.owner) is Kind.LOSS or returns_loss(function))
