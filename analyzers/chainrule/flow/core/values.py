"""The values that the interpreter computes with: what an expression can be, as far as gradients care."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainrule.flow.core.graph import Gate, Node, Storage

if TYPE_CHECKING:
    from chainrule.flow.core.program import Module, Scope
    from chainrule.syntax import Block


class Value:
    __slots__ = ()


class Tensor(Value):
    """A tensor object, or a number or array computed from one; in-place edits replace its node.

    `base`: the tensor it is a view of. `leaf`: an nn.Parameter, or created with requires_grad=True.
    `detached`: "data" or "detach" where it is a view of `base` outside its graph. `absent`: it is None on
    another way to here.
    """

    __slots__ = ("absent", "base", "detached", "leaf", "node", "storage")

    def __init__(self, node: Node, storage: Storage | None = None, base: Tensor | None = None) -> None:
        self.node = node
        self.storage = storage or Storage()
        self.base = base
        self.leaf = False
        self.detached = ""
        self.absent = False


class Const(Value):
    """A Python value without gradient. `known`: it is `value` in every run.

    `data`: it depends on the data (a size, a count), so that a branch on it is taken by some batches.
    """

    __slots__ = ("data", "known", "value")

    def __init__(self, value: object = None, known: bool = True, data: bool = False) -> None:
        self.value = value
        self.known = known
        self.data = data


class Count(Const):
    """How many elements a condition chose (`x[x > 0].numel()`): `node` leads to them, without gradient."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        super().__init__(None, known=False, data=True)
        self.node = node


class Sizes(Const):
    """`x.shape`, from the dimension `first` on: the marks of `node` say which of them are 1."""

    __slots__ = ("first", "node")

    def __init__(self, node: Node, first: int = 0) -> None:
        super().__init__(None, known=False, data=True)
        self.node = node
        self.first = first


class Blank(Const):
    """An array of numpy's that is to be filled: what is put into it is copied out of its graph."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None, known=False)


class Member(str):
    """A member of an enumeration whose value is nobody's business: `Mode.HARD`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Default:
    """What a parameter of `owner`, a function or a class, is where nobody says otherwise.

    `position`: its place among the arguments of a call, from 0; -1 where it is given by name only.
    """

    owner: str
    name: str
    position: int
    value: object


class Setting(Const):
    """What somebody may set, or an answer that follows from it: `value` is what the `defaults` give."""

    __slots__ = ("defaults",)

    def __init__(self, value: object, defaults: tuple[Default, ...], known: bool = False) -> None:
        super().__init__(value, known)
        self.defaults = defaults


class Seq(Value):
    """A list, tuple, set, generator or named tuple. Not `exact`: any number of elements like `items`.

    `either`: those of which it is one, `(kept if good else dropped)`; what is put into it goes into one.
    """

    __slots__ = ("either", "exact", "fields", "items", "kind")

    def __init__(
        self, items: list[Value], kind: str = "list", exact: bool = True, fields: tuple[str, ...] = ()
    ) -> None:
        self.items = items
        self.kind = kind
        self.exact = exact
        self.fields = fields
        self.either: list[Seq] = []


class Map(Value):
    """A dict. `rest`: what any other key gives, None where there is none; `factory` makes that anew."""

    __slots__ = ("factory", "items", "rest")

    def __init__(
        self, items: dict[object, Value], rest: Value | None = None, factory: Value | None = None
    ) -> None:
        self.items = items
        self.rest = rest
        self.factory = factory


class External(Value):
    """A name of a library: a module, function or class, not called yet."""

    __slots__ = ("dotted",)

    def __init__(self, dotted: str) -> None:
        self.dotted = dotted


class Function(Value):
    """A function or lambda of analysed code, with the scope it closes over."""

    __slots__ = ("at_yield", "block", "bound", "module", "node", "owner", "scope")

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        scope: Scope,
        module: Module,
        block: Block,
        owner: Class | None = None,
        bound: Value | None = None,
    ) -> None:
        self.node = node
        self.scope = scope
        self.module = module
        self.block = block
        self.owner = owner
        self.bound = bound
        self.at_yield: Callable[[Value], None] | None = None
        """What runs where a generator that is a context manager yields: the body of the `with`."""

    def bind(self, bound: Value | None) -> Function:
        """The function as an attribute of `bound`."""
        return Function(self.node, self.scope, self.module, self.block, self.owner, bound)


class Class(Value):
    """A class of analysed code."""

    __slots__ = ("attributes", "bases", "block", "methods", "module", "node", "scope")

    def __init__(self, node: ast.ClassDef, scope: Scope, module: Module, block: Block) -> None:
        self.node = node
        self.scope = scope
        self.module = module
        self.block = block
        self.bases: list[Value] = []
        self.methods: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.attributes: dict[str, ast.expr | None] = {}

    def lineage(self) -> list[Class]:
        """This class and its analysed bases, nearest first."""
        found: list[Class] = [self]
        for cls in found:
            found.extend(base for base in cls.bases if isinstance(base, Class) and base not in found)
        return found

    def externals(self) -> list[str]:
        """Dotted names of the library classes it derives from."""
        return [base.dotted for cls in self.lineage() for base in cls.bases if isinstance(base, External)]

    @property
    def is_module(self) -> bool:
        return any(
            name.endswith(("Module", "nn.Sequential", "Loss", "Metric", "Model"))
            or name.startswith("torch.nn.")
            for name in self.externals()
        )

    @property
    def is_function(self) -> bool:
        return "torch.autograd.Function" in self.externals()


ITEMS = "<items>"
"""The attribute under which an object keeps what it holds by index or key: layers, a record's fields."""


class Instance(Value):
    """An object: of an analysed class (`cls`) or of a library's (`external`, called with `arguments`)."""

    __slots__ = ("arguments", "attributes", "cls", "external", "hooks", "made", "name", "pending")

    def __init__(self, cls: Class | None = None, external: str = "", name: str = "") -> None:
        self.cls = cls
        self.external = external
        self.name = name
        self.attributes: dict[str, Value] = {}
        self.arguments: dict[str, Value] = {}
        self.pending: tuple[list[Value] | None, dict[str, Value], ast.AST] | None = None
        """The call of `__init__` that has not been run yet; nobody has looked at the object."""
        self.made: tuple[Block, ast.AST] | None = None
        """The call that made an object of a library's class, in the analysed file."""
        self.hooks: dict[str, list[Value]] = {}
        """Callables by the method that registered them; parametrisations by their parameter's name."""


class Method(Value):
    """An attribute of a value that is no analysed function: `x.sum`, `dist.rsample`."""

    __slots__ = ("name", "owner")

    def __init__(self, owner: Value, name: str) -> None:
        self.owner = owner
        self.name = name


def is_inherited(value: Value) -> bool:
    """Whether `value` is an attribute that only an unseen base class can have given: `self.args`.

    It may be a method as well; where it is no callable, the object that has it did not go into it.
    """
    return isinstance(value, Method) and isinstance(value.owner, Instance) and value.owner.cls is not None


class Partial(Value):
    """A callable with some arguments already given (functools.partial, a bound cell).

    mode: the grad mode that its calls run in, (gate,) or (None,) for gradients on; None where they run in
    that of their caller.
    """

    __slots__ = ("arguments", "function", "keywords", "mode")

    def __init__(
        self,
        function: Value,
        arguments: list[Value],
        keywords: dict[str, Value],
        mode: tuple[Gate | None] | None = None,
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.keywords = keywords
        self.mode = mode


class Choice(Value):
    """One of several callables: what a table of functions holds, `f if exact else g`, `experts[i]`.

    `by`: the node of the index that chooses, where that is a tensor or comes from one.
    """

    __slots__ = ("by", "options")

    def __init__(self, options: list[Value], by: Node | None = None) -> None:
        self.options = options
        self.by = by


class Super(Value):
    """`super()` inside a method of `cls`."""

    __slots__ = ("bound", "cls")

    def __init__(self, cls: Class | None, bound: Value) -> None:
        self.cls = cls
        self.bound = bound


NONE = Const(None)
