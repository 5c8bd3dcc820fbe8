"""Where a value goes that autograd can't follow."""

from __future__ import annotations

import ast

from chainrule.fixes.site import FixSite
from chainrule.fixes.vocabulary import words

LIBRARIES = words("numpy scipy sklearn cv2 skimage pandas matplotlib librosa PIL ot")


def taken_by(site: FixSite, node: ast.AST, depth: int = 0) -> str:
    """The function outside torch that a value goes to, or `numpy` where it becomes an array; else ""."""
    parent = site.parent(node)
    match parent:
        case ast.Attribute(attr="numpy"):
            return "numpy"
        case ast.Attribute():
            call = site.parent(parent)
            return taken_by(site, call if isinstance(call, ast.Call) else parent, depth)
        case ast.Call(func=function) if function is not node:
            dotted = site.names.resolve(function) or ""
            return dotted if dotted.partition(".")[0] in LIBRARIES else ""
        case ast.keyword() | ast.Starred() | ast.BinOp() | ast.UnaryOp():
            return taken_by(site, parent, depth)
        case ast.Subscript(value=value) if value is node:
            return taken_by(site, parent, depth)
        case ast.Assign(targets=[ast.Name(id=name)]) if depth < 4:
            for read in site.scope.reads.get(name, ()):
                binding = site.scope.binding_of(read)
                if binding is not None and binding.statement is parent:
                    if taker := taken_by(site, read, depth + 1):
                        return taker
            return ""
        case _:
            return ""
