"""Whether what a loop iterates is a tensor, and so a batch: a list of tensors has no batched form."""

from __future__ import annotations

import ast
import re

from chainrule.fixes.calls import op_of
from chainrule.fixes.usage import Scope
from chainrule.fixes.vocabulary import ALONG_DIMENSION, ELEMENTWISE, SHAPE_ONLY
from chainrule.names import Names

# What people call a batch, as PyTorch's own losses do.
_TENSOR_NAME = re.compile(
    r"(pred|logit|score|target|label|prob|truth|gt_?labels|gts?$|outputs?$|estimates?$)",
    re.IGNORECASE,
)
# … and what says less: what some call returns under this name may be a list.
_WEAK_NAME = re.compile(r"[xy](_|$)", re.IGNORECASE)

_ASKING = frozenset(("isinstance", "is_tensor"))


class Iterated:
    """Asks what the names of a scope hold."""

    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names

    def is_tensor(self, node: ast.expr) -> bool:
        """Whether something iterated is known for a tensor: a list of tensors has no batched form."""
        if not isinstance(node, ast.Name):
            return op_of(node, self.names) is not None
        if self._may_be_list(node.id):
            return False
        if _TENSOR_NAME.match(node.id) or (_WEAK_NAME.match(node.id) and not self._is_returned(node.id)):
            return True
        made = op_of(self.scope.value_of(node), self.names)
        if made is not None and made.name in ELEMENTWISE | ALONG_DIMENSION:
            return True
        for read in self.scope.reads.get(node.id, ()):
            parent = self.scope.parents.get(read)
            if isinstance(parent, ast.Attribute) and parent.attr in SHAPE_ONLY | ELEMENTWISE:
                return True
            op = op_of(parent, self.names) if parent is not None else None
            if op is not None and op.dotted is not None and op.name not in ("stack", "cat"):
                return True
        return self._is_annotated(node.id)

    def _may_be_list(self, name: str) -> bool:
        """Whether the code asks what `name` is: the tensors of a list may differ in shape."""
        reads = self.scope.reads.get(name, ())
        return any(
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name | ast.Attribute)
            and (call.func.id if isinstance(call.func, ast.Name) else call.func.attr) in _ASKING
            and call.args[0] is read
            for read in reads
            if (call := self.scope.parents.get(read)) is not None
        )

    def _is_returned(self, name: str) -> bool:
        """Whether a call of something unknown gives the value of `name`."""
        for binding in self.scope.bindings.get(name, ()):
            op = op_of(binding.value, self.names) if binding.value is not None else None
            known = op is not None and (op.dotted is not None or op.name in SHAPE_ONLY | ELEMENTWISE)
            if isinstance(binding.value, ast.Call) and not known:
                return True
        return False

    def _is_annotated(self, name: str) -> bool:
        if isinstance(self.scope.node, ast.Module):
            return False
        arguments = self.scope.node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.arg == name and argument.annotation is not None:
                return (self.names.resolve(argument.annotation) or "").endswith("Tensor")
        return False
