"""Python, put together: how the interpreter runs expressions, statements and calls."""

from __future__ import annotations

from chainrule.flow import calls, entering, expressions, statements, targets
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.operations import objects


class Python:
    """The language that the interpreter runs."""

    evaluate = staticmethod(expressions.evaluate)
    assign = staticmethod(targets.assign_target)
    execute = staticmethod(statements.execute)
    call = staticmethod(calls.call)
    call_method = staticmethod(calls.call_method)
    call_function = staticmethod(entering.call_function)
    ready = staticmethod(objects.ready)
    bind_method = staticmethod(calls.bind_method)


Interpreter.language = Python()

__all__ = ["Interpreter"]
