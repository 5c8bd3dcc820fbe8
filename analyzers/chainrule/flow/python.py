"""Python, put together: how the interpreter runs expressions, statements and calls."""

from __future__ import annotations

from chainrule.flow import calls, expressions, statements
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.operations import objects


class Python:
    """The language that the interpreter runs."""

    evaluate = staticmethod(expressions.evaluate)
    assign = staticmethod(expressions.assign_target)
    execute = staticmethod(statements.execute)
    call = staticmethod(calls.call)
    call_method = staticmethod(calls.call_method)
    call_function = staticmethod(calls.call_function)
    ready = staticmethod(objects.ready)
    bind_method = staticmethod(calls.bind_method)


Interpreter.language = Python()

__all__ = ["Interpreter"]
