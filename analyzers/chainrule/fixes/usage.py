"""Which statements bind a name of one scope, and which expressions read it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property, lru_cache

from chainrule.fixes.bindings import Binding, bindings_of
from chainrule.syntax import alike, children, walk_tree

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Scope:
    """The names of one function, or of a module's top level. Nested functions count as readers.

    `owner` is the class of a method, whose other methods say what the object's attributes are.
    """

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Module,
        owner: ast.ClassDef | None = None,
    ) -> None:
        self.node = node
        self.owner = owner

    @cached_property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        return parents_of(self.node)

    @property
    def attributes(self) -> dict[str, ast.Call]:
        """The calls that attributes are bound to, each once in its class: `self.mse = nn.MSELoss()`."""
        return {} if self.owner is None else _attributes_of(self.owner)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        if isinstance(self.node, ast.Module):
            return ()
        return tuple(arg.arg for arg in _arguments(self.node.args))

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        """Bindings by name, in the order of the text."""
        found: dict[str, list[Binding]] = defaultdict(list)
        for parameter in self.parameters:
            found[parameter].append(Binding(parameter, self.node, None))
        for node in walk_scope(self.node):
            for binding in bindings_of(node):
                found[binding.name].append(binding)
        return found

    @cached_property
    def reads(self) -> dict[str, list[ast.Name]]:
        """Every place that reads a name, nested functions included, in the order of the text."""
        found: dict[str, list[ast.Name]] = defaultdict(list)
        for node in walk_tree(self.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load | ast.Del):
                found[node.id].append(node)
        for names in found.values():
            names.sort(key=lambda name: (name.lineno, name.col_offset))
        return found

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Every identifier in the scope: what a new name must differ from."""
        return frozenset(node.id for node in walk_tree(self.node) if isinstance(node, ast.Name)) | frozenset(
            self.parameters
        )

    def only_binding(self, name: str) -> Binding | None:
        """The binding of a name that is bound once, else None."""
        bindings = self.bindings.get(name, [])
        return bindings[0] if len(bindings) == 1 else None

    def binding_of(self, use: ast.Name) -> Binding | None:
        """The binding that a read sees, if no other can reach it.

        That is the last one before it in the text, in a block around the read, with no later binding of
        the name inside a loop around both.
        """
        before = [b for b in self.bindings.get(use.id, ()) if _position(b.statement) < _position(use)]
        before = [b for b in before if not self.is_inside(use, [b.statement])]
        if not before:
            return None
        last = before[-1]
        block = self.parents.get(last.statement)
        while isinstance(block, ast.With):  # what it holds always runs
            block = self.parents.get(block)
        if last.statement is not self.node and not (block is not None and self.is_inside(use, [block])):
            return None
        return None if self._is_bound_later_in_loop(use, last) else last

    def _is_bound_later_in_loop(self, use: ast.Name, binding: Binding) -> bool:
        """Whether a loop around a read, not around the binding before it, binds the name below the read."""
        later = [b.statement for b in self.bindings[use.id] if _position(b.statement) > _position(use)]
        for loop in self.ancestors(use) if later else ():
            if loop is self.node or self.is_inside(binding.statement, [loop]):
                return False
            if isinstance(loop, ast.For | ast.AsyncFor | ast.While) and any(
                self.is_inside(each, [loop]) for each in later
            ):
                return True
        return False

    def value_of(self, node: ast.expr) -> ast.expr:
        """The expression behind a local name, followed through plain assignments; else the node itself.

        That of an attribute is the call that the class binds it to, where the call reads no local names.
        """
        for _ in range(8):
            if not isinstance(node, ast.Name):
                break
            binding = self.binding_of(node)
            if binding is None or binding.value is None or binding.path:
                break
            node = binding.value
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if name in self.attributes:
                made = self.attributes[name]
                given = [*made.args, *(word.value for word in made.keywords)]
                return made if not any(names_in(part) for part in given) else node
            case _:
                return node

    def rebound(self, node: ast.expr, until: ast.AST) -> list[Binding]:
        """Bindings between two places, in the text, that change a name which the expression `node` reads."""
        start, end = _position(node), _position(until)
        return [
            binding
            for name in names_in(node)
            for binding in self.bindings.get(name, ())
            if (start < _position(binding.statement) or self.is_inside(node, [binding.statement]))
            and _position(binding.statement) < end
            and not self.is_inside(until, [binding.statement])
            and binding.statement is not self.node
        ]

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        current: ast.AST | None = node
        while current is not None and not isinstance(current, ast.stmt):
            current = self.parents.get(current)
        return current

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)

    def is_read_outside(self, name: str, *nodes: ast.AST) -> bool:
        """Whether a name is read anywhere but inside `nodes`."""
        return any(not self.is_inside(read, nodes) for read in self.reads.get(name, ()))

    def fresh(self, *candidates: str) -> str:
        """The first candidate that the scope does not use; the last one with a number otherwise."""
        for candidate in candidates:
            if candidate not in self.identifiers:
                return candidate
        number = 2
        while f"{candidates[-1]}_{number}" in self.identifiers:
            number += 1
        return f"{candidates[-1]}_{number}"

    def root(self, node: ast.expr) -> str:
        """The name a tensor comes from: `predictions` for `p` after `p = predictions[i].float()`."""
        for _ in range(16):
            following = _leftmost(node)
            if not isinstance(following, ast.Name):
                return ast.unparse(following) if isinstance(following, ast.Attribute) else ""
            binding = self.binding_of(following)
            if binding is None or binding.value is None or binding.path:
                return following.id
            node = binding.value
        return ""

    def is_inside(self, node: ast.AST, outer: Collection[ast.AST]) -> bool:
        """Whether a node is one of `outer` or below one."""
        return node in outer or any(ancestor in outer for ancestor in self.ancestors(node))


@lru_cache(maxsize=4)  # asked by each method of a class
def _attributes_of(owner: ast.ClassDef) -> dict[str, ast.Call]:
    found: dict[str, list[ast.expr | None]] = defaultdict(list)
    for node in _statements(owner):
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
                found[name].append(value)
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="self"), attr="register_buffer"),
                    args=[ast.Constant(value=str() as name), value, *_],
                )
            ):
                found[name].append(value)
        for target in _targets(node):
            match target:
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    found[name].append(None)
    # An assignment is seen twice: as a statement, and as its target.
    once = {name: [v for v in values if v is not None] for name, values in found.items()}
    return {
        name: values[0]
        for name, values in once.items()
        if len(values) == 1 and isinstance(values[0], ast.Call) and found[name].count(None) <= 1
    }


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """The statements below `tree`, with the parts of statements that hold others."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        for name in ("body", "orelse", "items", "handlers", "finalbody", "cases"):
            pending += getattr(node, name, ())


def _targets(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of what a statement binds."""
    match node:
        case ast.Assign(targets=targets):
            bound = targets
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target) | ast.For(target=target):
            bound = [target]
        case ast.AsyncFor(target=target):
            bound = [target]
        case ast.withitem(optional_vars=ast.expr() as target):
            bound = [target]
        case _:
            return
    for target in bound:
        yield from walk_tree(target)


@lru_cache(maxsize=4)
def scope_of(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Module, owner: ast.ClassDef | None = None
) -> Scope:
    """The `Scope` of a function or a module; one is kept for the several questions about one function."""
    return Scope(node, owner)


@lru_cache(maxsize=4)
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a tree, level by level."""
    return tuple(walk_tree(tree))


@lru_cache(maxsize=4)
def parents_of(tree: ast.AST) -> Mapping[ast.AST, ast.AST]:
    """The parent of every node below `tree`."""
    found: dict[ast.AST, ast.AST] = {}
    pending = [tree]
    for node in pending:
        for child in children(node):
            found[child] = node
            pending.append(child)
    return found


@lru_cache(maxsize=4)
def walk_scope(scope: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a scope in the order of the text, without the insides of nested functions and classes."""
    found: list[ast.AST] = []
    pending = children(scope)[::-1]
    while pending:
        node = pending.pop()
        found.append(node)
        if not isinstance(node, _SCOPES):
            pending += children(node)[::-1]
    return tuple(found)


def names_in(node: ast.AST) -> frozenset[str]:
    """The names that an expression reads."""
    return frozenset(n.id for n in walk_tree(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two expressions are written alike, formatting apart."""
    return alike(one, other)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return every + [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]


def _leftmost(node: ast.expr) -> ast.expr:
    while True:
        match node:
            case ast.Subscript(value=inner) | ast.UnaryOp(operand=inner) | ast.BinOp(left=inner):
                node = inner
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="torch" | "F" | "nn" | "np")), args=[inner, *_]
            ):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case ast.Attribute(value=ast.Name()):
                return node
            case _:
                return node


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
