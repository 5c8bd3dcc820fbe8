"""What kind of thing a Python value is to the gradient: a tensor, a copy without a graph, a carrier, or
nothing."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import torch

SHARED = (bool, int, str, bytes, type(None), type(Ellipsis), type, types.ModuleType, types.FunctionType,
          types.BuiltinFunctionType, types.MethodType, torch.dtype, torch.device, torch.Size)  # fmt: skip
"""Types whose values are shared or carry no data of their own: never followed by identity."""

COPIES = (bool, int, float, complex, str, bytes)
"""Python values, which never have a graph."""

METADATA = frozenset(
    "shape dtype device ndim requires_grad is_leaf grad_fn layout is_cuda names itemsize nbytes training grad"
    " size dim numel element_size stride type ndimension is_floating_point is_complex is_contiguous data_ptr"
    " get_device storage_offset __class__ __name__".split()
)
"""Attributes and methods of a tensor that read no element of it."""

SELECTIONS = frozenset("nonzero argwhere masked_select unique unique_consecutive".split())
"""What returns as many elements as its operand's values say."""

FRESH = frozenset(
    "zeros_like ones_like empty_like rand_like randn_like randint_like new_zeros new_ones new_empty"
    " len isinstance hasattr callable id repr str print super is_tensor is_floating_point is_grad_enabled"
    " numel result_type promote_types finfo iinfo get_default_dtype".split()
)
"""Functions whose result does not depend on the elements of their arguments."""

GROWS = frozenset(
    "append extend insert add update setdefault appendleft extendleft put push store log register".split()
)
"""Methods that put their arguments into the receiver."""


def is_array(value: Any) -> bool:
    """A numpy array or scalar (numpy need not be installed)."""
    return type(value).__module__.partition(".")[0] == "numpy"


def is_container(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict, set, frozenset)) and not isinstance(value, torch.Size)


def is_record(value: Any) -> bool:
    """An object that is made of its attributes: a dataclass, a namespace, a batch."""
    if isinstance(value, (type, types.ModuleType, torch.nn.Module)):
        return False
    module = type(value).__module__.partition(".")[0]
    return module not in ("torch", "numpy", "builtins") and hasattr(value, "__dict__")


def inside(value: Any, depth: int = 3, limit: int = 64) -> Iterator[Any]:
    """The values in a container, nested ones included; at most `limit` of each level."""
    items: list[Any] = list(value.values())[:limit] if isinstance(value, dict) else list(value)[:limit]
    for item in items:
        yield item
        if depth > 1 and is_container(item):
            yield from inside(item, depth - 1, limit)


def tensors_in(value: Any, depth: int = 4) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif is_container(value) and depth:
        for item in list(value.values()) if isinstance(value, dict) else list(value):
            yield from tensors_in(item, depth - 1)


def parameters_of(module: torch.nn.Module) -> list[torch.Tensor]:
    """Of a module whose `nn.Module.__init__` has run; none of another."""
    return list(module.parameters()) if "_parameters" in module.__dict__ else []


def storage_key(value: torch.Tensor) -> int:
    """The same for all views of one memory; 0 where a tensor has none (sparse, functorch wrappers, …)."""
    try:
        return int(value.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):
        return 0


def version_of(value: torch.Tensor) -> int:
    """How often the tensor was edited in place; 0 for inference tensors, which keep no count."""
    return 0 if value.is_inference() else value._version


class Reach:
    """Which leaves the autograd graph of a tensor leads to, as a bit set."""

    def __init__(self) -> None:
        self.bits: dict[int, int] = {}
        self._leaves: list[torch.Tensor] = []
        self._memo: dict[Any, int] = {}
        self.edges: list[tuple[Any, int, Any]] = []
        """New edges to what was there before: a node, which of its inputs, and the node or leaf that it leads
        to."""

    def add(self, leaf: torch.Tensor) -> int:
        """The bit of a leaf, given when it is first seen."""
        if id(leaf) not in self.bits:
            self._leaves.append(leaf)
            self.bits[id(leaf)] = 1 << (len(self._leaves) - 1)
        return self.bits[id(leaf)]

    def of(self, value: torch.Tensor) -> int:
        if not value.requires_grad:
            return 0
        if value.grad_fn is None:
            return self.add(value)
        return self._node(value.grad_fn)

    def _node(self, root: Any) -> int:
        new: set[Any] = set()
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if node in self._memo:
                continue
            nexts = [n for n, _ in node.next_functions]
            below = [n for n in nexts if n is not None]
            if ready or not below:
                bits = 0
                for n in below:
                    bits |= self._memo.get(n, 0)
                variable = getattr(node, "variable", None)
                if isinstance(variable, torch.Tensor) and not below:
                    bits |= self.add(variable)
                self._memo[node] = bits
                new.add(node)
                for at, n in enumerate(nexts):
                    leaf = getattr(n, "variable", None)
                    if n is not None and (leaf is not None or n not in new):
                        self.edges.append((node, at, n if leaf is None else leaf))
            else:
                stack.append((node, True))
                stack.extend((n, False) for n in below)
        return self._memo[root]


def is_finite(value: torch.Tensor) -> bool:
    """No element is NaN or inf; true where there is no saying so (inside `torch.vmap`, meta tensors)."""
    dense = value.detach()
    try:
        dense = dense if dense.layout == torch.strided else dense.to_dense()
        return bool(torch.isfinite(dense).all())
    except (RuntimeError, NotImplementedError):
        return True


def describe_gradient(grad: torch.Tensor) -> tuple[float, bool, bool]:
    """Norm, all zero, all finite."""
    if not grad.numel():
        return 0.0, True, True
    dense = grad.detach()
    dense = dense if dense.layout == torch.strided else dense.to_dense()
    norm = torch.linalg.vector_norm(dense, dtype=torch.complex128 if dense.is_complex() else torch.float64)
    return float(norm), not bool(dense.any()), bool(torch.isfinite(dense).all())
