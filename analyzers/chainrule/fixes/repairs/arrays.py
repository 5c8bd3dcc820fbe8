"""Which expressions of a function are arrays of numpy, and where they become tensors again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.repairs.numpy_names import MAKERS
from chainrule.fixes.site import FixSite
from chainrule.fixes.usage import names_in, walk_scope
from chainrule.fixes.vocabulary import words
from chainrule.syntax import children, walk_tree

_PICKING = words("argsort argmin argmax argwhere nonzero flatnonzero searchsorted digitize lexsort unique")
INDICES_ONLY = frozenset({"scipy.optimize.linear_sum_assignment"})
"""What returns indices alone, which a tensor takes as an array does."""


class Arrays:
    """`arrays` are the local names that hold arrays, `returning` the functions of the file that return some.

    `handed_out`: an array was returned to code that may go on with numpy.
    """

    def __init__(self, site: FixSite) -> None:
        self.site = site
        self.arrays: set[str] = set()
        self.returning: frozenset[str] = frozenset()
        self.handed_out = False

    def affected(self) -> list[ast.expr]:
        """The whole expressions of the function that make or use an array, in order."""
        found: list[ast.expr] = []
        for node in walk_scope(self.site.function or self.site.tree):
            if not isinstance(node, ast.stmt):
                continue
            for expression in _own_expressions(node):
                if not self.is_affected(expression):
                    continue
                found.append(expression)
                for each in walk_tree(expression):
                    if not isinstance(each, ast.comprehension) or self.goes_round(each.iter):
                        continue
                    if self.is_affected(each.iter):
                        self.arrays |= _bound(each.target)
                match node:
                    case ast.Assign(targets=targets) if not (
                        self.is_tensor(expression) or self._lists_indices(expression)
                    ):
                        self.arrays |= {name for target in targets for name in _bound(target)}
                    case ast.For(target=target) if not self.goes_round(expression):
                        self.arrays |= _bound(target)
                    case _:
                        pass
                self.handed_out |= self._leaves(node, expression)
        return found

    def _leaves(self, node: ast.stmt, expression: ast.expr) -> bool:
        """Whether a helper returns an expression that was an array: `to_numpy = lambda t: t.numpy()`"""
        if isinstance(expression, ast.Lambda):
            return not self.is_tensor(expression.body)
        returned = isinstance(node, ast.Return) and not self.site.returns_loss
        return returned and not self.is_tensor(expression)

    def is_affected(self, node: ast.expr) -> bool:
        """Whether an array is in an expression, or is made there; `np.sqrt(2)` is a number."""
        if names_in(node) & self.arrays:
            return True
        for child in walk_tree(node):
            if child is self.site.node or (isinstance(child, ast.Attribute) and child.attr == "numpy"):
                return True
            if isinstance(child, ast.Call) and (
                self.numpy_name(child) in MAKERS or called(child) in self.returning
            ):
                return True
        return False

    def is_array(self, node: ast.expr) -> bool:
        """Whether an expression is an array, as what is computed with one is."""
        if self.is_tensor(node):
            return False
        calls = any(
            (isinstance(child, ast.Attribute) and child.attr == "numpy")
            or (isinstance(child, ast.Call) and (self.numpy_name(child) or called(child) in self.returning))
            for child in walk_tree(node)
        )
        return calls or bool(names_in(node) & self.arrays)

    def is_tensor(self, node: ast.expr) -> bool:
        """Whether an expression is made a tensor again: `torch.from_numpy(a).float()`"""
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if (
                self.site.names.resolve(node.func) is None
            ):
                return method not in ("numpy", "item", "tolist") and self.is_tensor(inner)
            case ast.Call():
                dotted = self.site.names.resolve(node.func) or ""
                return dotted.startswith("torch.") or dotted in INDICES_ONLY
            case ast.BinOp(left=left, right=right):
                return self.is_tensor(left) or self.is_tensor(right)
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.UnaryOp(operand=inner):
                return self.is_tensor(inner)
            case ast.Tuple(elts=elements):
                return bool(elements) and all(map(self.is_tensor, elements))
            case _:
                return False

    def numpy_name(self, call: ast.Call) -> str:
        dotted = self.site.names.resolve(call.func) or ""
        return dotted[6:] if dotted.startswith("numpy.") else ""

    def goes_round(self, node: ast.expr) -> bool:
        """Whether a loop in Python takes the elements of what a call returns, which are indices."""
        if isinstance(node, ast.Call) and called(node) == "range":
            return True
        if not isinstance(node, ast.Call) or self.numpy_name(node) not in _PICKING:
            return False
        parent = self.site.parent(node)
        return isinstance(parent, ast.For | ast.comprehension) and parent.iter is node

    def _lists_indices(self, node: ast.expr) -> bool:
        """`[i for i in np.argsort(cost) if i not in taken]`"""
        match node:
            case ast.ListComp(elt=ast.Name(), generators=[ast.comprehension(iter=drawn)]):
                return self.goes_round(drawn)
            case _:
                return False

    def leads_to_numpy(self, node: ast.AST) -> bool:
        """Whether nothing but the way to `.numpy()` follows: `.detach().cpu().numpy()`."""
        attribute = self.site.parent(node)
        if not isinstance(attribute, ast.Attribute):
            handed = isinstance(attribute, ast.Call) and node in attribute.args
            return handed and isinstance(attribute, ast.Call) and leaves_torch(self.site, attribute)
        above = self.site.parent(attribute)
        following = above if isinstance(above, ast.Call) else attribute
        return attribute.attr == "numpy" or (
            attribute.attr in ("cpu", "detach", "data", "resolve_neg") and self.leads_to_numpy(following)
        )

    def is_kept_array(self, node: ast.expr) -> bool:
        """Whether an array of numbers, which an attribute or a constant holds, meets tensors here."""
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                made = self.site.scope.attributes.get(name)
                if made is None or not self.numpy_name(made):
                    return False
            case ast.Name(id=name):
                if not name.isupper() or name in self.site.scope.bindings:
                    return False
            case _:
                return False
        match self.site.parent(node):
            case ast.BinOp(left=left, right=right):
                return self.is_affected(right if node is left else left)
            case ast.Call(args=args) as call:
                return node in args and any(map(self.is_affected, args)) and bool(self.numpy_name(call))
            case _:
                return False

    def counts(self, node: ast.expr) -> bool:
        """Whether integers are in a product, which torch forms of one dtype only."""
        return any(isinstance(n, ast.Call) and self.numpy_name(n) == "arange" for n in walk_tree(node))

    def is_lost(self, node: ast.Call, inner: ast.expr) -> bool:
        """Whether a `.detach()` is the one that is asked about; another one beside it may be meant."""
        asked = {child for child in walk_tree(self.site.node) if isinstance(child, ast.expr)}
        if any(child in asked for child in walk_tree(node)):
            return True
        return self.site.scope.root(inner) in self.site.sources


def called(call: ast.Call) -> str:
    """The name of the function or method that a call is of."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def leaves_torch(site: FixSite, call: ast.Call) -> bool:
    """Whether a call is of numpy, scipy or scikit-learn."""
    return (site.names.resolve(call.func) or "").startswith(("numpy.", "scipy.", "sklearn."))


def _bound(target: ast.expr) -> set[str]:
    """The names that a target binds."""
    return {n.id for n in walk_tree(target) if isinstance(n, ast.Name)}


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not of the statements in its blocks."""
    for child in children(statement):
        if isinstance(child, ast.expr) and not isinstance(getattr(child, "ctx", None), ast.Store):
            yield child
