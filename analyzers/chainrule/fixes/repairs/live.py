"""Which tensors, at one place of a function, its result depends on elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.calls import op_of
from chainrule.fixes.site import FixSite
from chainrule.fixes.usage import walk_scope
from chainrule.fixes.vocabulary import CASTS, SHAPE_ONLY, words
from chainrule.syntax import children

_WHOLE = words(
    """argmax argmin argsort nonzero bincount searchsorted bucketize one_hot randint randperm eq ne lt le gt
    ge isnan isfinite isinf any all bool long int arange eye tolist item multinomial logical_and logical_or
    logical_not unique"""
)
"""Operations whose result has no gradient, or is no tensor."""
_PICKED_BY = words(
    "gather take_along_dim index_select embedding one_hot scatter index_add cross_entropy nll_loss"
)
_WEIGHTED = words(
    "Linear Embedding Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d EmbeddingBag"
)
_GIVEN = words("y gt target targets label labels truth reference ref mask weight weights true y_true wanted")
"""Names of what a loss compares with, which needs no gradient."""
_DEPTH = 8


def live_sums(site: FixSite, constant: ast.expr) -> list[str]:
    """Sums of the tensors that the function's other results are computed from, where `constant` stands."""
    if site.function is None:
        return []
    finder = _Finder(site, constant)
    for result in _other_results(site, constant):
        finder.visit(result)
    wanted = [text for text in finder.found if text.removesuffix(".sum()") not in _GIVEN]
    return wanted or list(finder.found)


def _other_results(site: FixSite, constant: ast.expr) -> Iterator[ast.expr]:
    """What the function returns or yields elsewhere, or what the name that gets the constant is elsewhere."""
    assert site.function is not None
    statement = site.statement(constant)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) if len(site.scope.bindings.get(name, ())) > 1:
            for binding in site.scope.bindings.get(name, ()):
                if binding.statement is not statement and binding.value is not None:
                    yield binding.value
        case _:
            for node in walk_scope(site.function):
                if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                    if site.statement(node) is not statement:
                        yield node.value


class _Finder:
    """Follows results back to what is there already when the constant is made."""

    def __init__(self, site: FixSite, constant: ast.expr) -> None:
        self.site = site
        self.constant = constant
        self.found: dict[str, None] = {}
        self.seen: set[str] = set()

    def visit(self, node: ast.AST, depth: int = 0) -> None:
        if depth > _DEPTH:
            return
        op = op_of(node, self.site.names)
        match node:
            case ast.Name(id=name):
                self._name(node, name, depth)
            case ast.Compare() | ast.Constant() | ast.Lambda():
                pass
            case ast.Attribute(value=inner, attr=attribute):
                if attribute not in SHAPE_ONLY:
                    self.visit(inner, depth)
            case ast.Subscript(value=inner):
                self.visit(inner, depth)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self")) as module, args=args):
                self._module(module, args, depth)
            case ast.Call() if op is not None:
                if op.name not in _WHOLE | SHAPE_ONLY and op.name != "detach":
                    picked = op.name in _PICKED_BY
                    for part in op.operands[:1] if picked else op.operands:
                        self.visit(part, depth)
            case ast.Call(args=args):
                if not (isinstance(node.func, ast.Name) and node.func.id in ("len", "int", "float", "range")):
                    for part in args:
                        self.visit(part, depth)
            case _:
                for child in children(node):
                    if isinstance(child, ast.expr):
                        self.visit(child, depth)

    def _module(self, module: ast.Attribute, args: list[ast.expr], depth: int) -> None:
        made = self.site.scope.attributes.get(module.attr)
        kind = (self.site.names.resolve(made.func) or "") if made is not None else ""
        if kind.startswith("torch.nn.") and kind.rpartition(".")[2] in _WEIGHTED:
            self.found[f"self.{module.attr}.weight.sum()"] = None
            return
        for part in args:
            self.visit(part, depth)

    def _name(self, node: ast.Name, name: str, depth: int) -> None:
        if name in self.seen or name in ("self", "cls") or self.site.names.resolve(node):
            return
        self.seen.add(name)
        bindings = self.site.scope.bindings.get(name, [])
        there = [b for b in bindings if self._is_there(b.statement)]
        later = [b for b in bindings if b not in there]
        if there and not later and name in self.site.scope.parameters:
            if self._is_tensor(name):
                self.found[f"{name}.sum()"] = None
            return
        if len(there) == 1 and not later and there[0].value is not None and not there[0].path:
            if _has_gradient(self.site, there[0].value) and self._is_tensor(name):
                self.found[f"{name}.sum()"] = None
                return
        for binding in bindings:
            if binding.value is not None and not _is_whole(self.site, binding.value):
                self.visit(binding.value, depth + 1)

    def _is_there(self, statement: ast.AST) -> bool:
        """Whether a statement has run whenever the constant is made."""
        function = self.site.function
        if statement is function:
            return True
        line = getattr(self.constant, "lineno", 0)
        assert function is not None
        return statement in function.body and getattr(statement, "lineno", 0) < line

    def _is_tensor(self, name: str) -> bool:
        """Whether a name is used as tensors of floating point are, and never as an index or a label is."""
        used = False
        for read in self.site.scope.reads.get(name, ()):
            parent = self.site.parent(read)
            op = op_of(parent, self.site.names) if parent is not None else None
            match parent:
                case ast.Subscript(slice=index) if index is read:
                    return False
                case ast.Tuple() if isinstance(above := self.site.parent(parent), ast.Subscript):
                    if above.slice is parent:
                        return False
                case ast.Subscript(slice=ast.Constant(value=str())):
                    return False
                case ast.Compare(ops=[ast.Eq() | ast.NotEq()]):
                    return False
                case ast.Call(func=function) if function is read:
                    return False
                case ast.Attribute(attr="append" | "items" | "keys" | "values" | "get" | "long" | "nonzero"):
                    return False
                case ast.Call() if op is not None and op.name in _PICKED_BY and read in op.operands[1:]:
                    return False
                case ast.Attribute() | ast.Subscript():
                    used = True
                case ast.Call() if op is not None and read in op.operands:
                    used = True
                case ast.BinOp():
                    used = used or name not in self.site.scope.parameters
                case _:
                    pass
        return used


def _has_gradient(site: FixSite, value: ast.expr) -> bool:
    """Whether an expression is a tensor that is computed with floating point."""
    if isinstance(value, ast.List | ast.ListComp | ast.Dict | ast.Tuple | ast.Constant | ast.GeneratorExp):
        return False
    if _is_whole(site, value):
        return False
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        if value.func.id in site.scope.parameters:  # `out = model(x)`
            return True
    op = op_of(value, site.names)
    while op is not None and op.dotted is None and op.name in CASTS and op.tensor is not None:
        value = op.tensor
        op = op_of(value, site.names)
    return isinstance(value, ast.BinOp | ast.UnaryOp | ast.Subscript) or op is not None


def _is_whole(site: FixSite, value: ast.expr) -> bool:
    """Whether an expression is a mask, an index, a size, a number, or is cut from its graph."""
    match value:
        case ast.Compare() | ast.BoolOp() | ast.Constant():
            return True
        case ast.Subscript(value=inner):
            return _is_whole(site, inner)
        case ast.BinOp(left=left, right=right):
            return _is_whole(site, left) and _is_whole(site, right)
        case ast.Attribute(attr=name):
            return name in SHAPE_ONLY
        case ast.Call(func=ast.Name(id="len" | "int" | "float")):
            return True
        case _:
            op = op_of(value, site.names)
            return op is not None and op.name in _WHOLE | SHAPE_ONLY | {"detach"}
