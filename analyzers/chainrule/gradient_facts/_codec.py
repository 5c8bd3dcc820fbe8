"""Reads the compact text in which operators are written down.

    overloads   = overload (" | " overload)*
    overload    = argument* ["*" argument*] ">" output* ">" flag*       after "*" by keyword only
    argument    = name [":" gradient ["s" ["@" name]]]                  without ":" it is not a tensor
    output      = name ":" gradient ["s"] ["b" | "i"]
    gradient    = "f" flows | "z" zero | "c" cut | "r" raises
    flag        = "inplace" | "view" | "casts" | "builds" | source

"s" says that backward needs the value, "@other" only if `other` requires grad, "b" and "i" that the result is
boolean or integer.
"""

from __future__ import annotations

from dataclasses import replace

from chainrule.gradient_facts._reasons import reason
from chainrule.gradient_facts.operators import Gradient, Operator, Output, Reason

GRADIENTS = {"f": Gradient.FLOWS, "z": Gradient.ZERO, "c": Gradient.CUT, "r": Gradient.RAISES}
DTYPES = {"b": "bool", "i": "int"}


def decode(name: str, text: str, sources: dict[str, str], why: Reason | None = None) -> Operator:
    """The operator that `text` describes; its further overloads hang on the first.

    `sources` gives the words for the flag that names the source. `why` overrides the derived reason.
    """
    first, *others = (_overload(name, part, sources, why) for part in text.split(" | "))
    return replace(first, overloads=tuple(others)) if others else first


def _overload(name: str, text: str, sources: dict[str, str], why: Reason | None) -> Operator:
    inputs, outputs, flags = (part.split() for part in text.split(">"))
    positional = inputs.index("*") if "*" in inputs else len(inputs)
    letters: dict[str, str] = {}
    needed_for: set[tuple[str, str]] = set()
    for item in inputs:
        argument, _, marks = item.partition(":")
        letters[argument], _, only = marks.partition("@")
        if only:
            needed_for.add((argument, only))
    letters.pop("*", None)
    marked = {letter: frozenset(n for n, marks in letters.items() if letter in marks) for letter in "zcrs"}
    return Operator(
        name=name,
        arguments=tuple(letters),
        positional=positional,
        tensors=frozenset(n for n, marks in letters.items() if marks),
        outputs=tuple(_output(name, item, why) for item in outputs),
        nondifferentiable=marked["c"],
        zero=marked["z"],
        raising=marked["r"],
        saves=marked["s"],
        needed_for=frozenset(needed_for),
        inplace="inplace" in flags,
        view="view" in flags,
        casts="casts" in flags,
        builds=f"{name}()" if "builds" in flags else None,
        source=next((sources[flag] for flag in flags if flag in sources), ""),
    )


def _output(name: str, text: str, why: Reason | None) -> Output:
    output, _, marks = text.partition(":")
    gradient = GRADIENTS[marks[0]]
    dtype = DTYPES.get(marks[-1])
    return Output(output, gradient, "s" in marks[1:], dtype, reason(name, gradient, dtype, why))
