"""What the patterns of a `match` statement bind."""

from __future__ import annotations

import ast

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Map, Value
from chainrule.flow.operations import iteration, subscripts
from chainrule.flow.operations.attributes import attribute


def capture(interp: Interpreter, pattern: ast.pattern, subject: Value) -> None:
    """Bind the names of a pattern that `subject` is taken to match."""
    if isinstance(pattern, ast.MatchAs):
        if pattern.pattern is not None:
            capture(interp, pattern.pattern, subject)
        if pattern.name is not None:
            interp.put(interp.names_for(pattern.name), pattern.name, subject)
    elif isinstance(pattern, ast.MatchOr):
        for each in pattern.patterns:
            capture(interp, each, subject)
    elif isinstance(pattern, ast.MatchSequence):
        parts = pattern.patterns
        star = next((i for i, each in enumerate(parts) if isinstance(each, ast.MatchStar)), None)
        for each, value in zip(
            parts, iteration.unpack(interp, subject, len(parts), star, pattern), strict=True
        ):
            capture(interp, each, value)
    elif isinstance(pattern, ast.MatchStar):
        if pattern.name is not None:
            interp.put(interp.names_for(pattern.name), pattern.name, subject)
    elif isinstance(pattern, ast.MatchMapping):
        for key, each in zip(pattern.keys, pattern.patterns, strict=True):
            capture(interp, each, subscripts.item(interp, subject, interp.evaluate(key), pattern))
        if pattern.rest is not None:
            named = {key.value for key in pattern.keys if isinstance(key, ast.Constant)}
            rest = subject
            if isinstance(subject, Map):
                rest = Map({k: v for k, v in subject.items.items() if k not in named}, subject.rest)
            interp.put(interp.names_for(pattern.rest), pattern.rest, rest)
    elif isinstance(pattern, ast.MatchClass):
        for index, each in enumerate(pattern.patterns):
            # The fields of a record by place; `float(x)` binds what it is asked about.
            held = iteration.held(interp, subject)
            value = subscripts.item(interp, held, Const(index), pattern) if held is not None else subject
            capture(interp, each, value)
        for name, each in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            capture(interp, each, attribute(interp, subject, name, pattern))
