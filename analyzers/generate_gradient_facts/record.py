"""One overload of one operator, and how the generated table writes it.

The grammar is read back by `chainrule.gradient_facts._codec`:

    overloads   = overload (" | " overload)*
    overload    = argument* ["*" argument*] ">" output* ">" flag*       after "*" by keyword only
    argument    = name [":" gradient ["s" ["@" name]]]                  without ":" it is not a tensor
    output      = name ":" gradient ["s"] ["b" | "i"]
    gradient    = "f" flows | "z" zero | "c" cut | "r" raises
    flag        = "inplace" | "view" | source
    source      = "derivatives" | "native" | "measured"

"s" says that backward needs the value, "@other" only if `other` requires grad, "b" and "i" that the result is
boolean or integer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Argument:
    name: str
    gradient: str = ""
    saved: bool = False
    keyword_only: bool = False
    saved_for: str = ""
    """The one input whose gradient needs this argument; empty if that is not known to be one."""

    def text(self) -> str:
        if not self.gradient:
            return self.name
        only = f"@{self.saved_for}" if self.saved and self.saved_for else ""
        return f"{self.name}:{self.gradient}{'s' * self.saved}{only}"


@dataclass(frozen=True)
class Result:
    name: str
    gradient: str
    saved: bool = False
    dtype: str = ""

    def text(self) -> str:
        return f"{self.name}:{self.gradient}{'s' * self.saved}{self.dtype}"


@dataclass(frozen=True)
class Overload:
    arguments: tuple[Argument, ...]
    outputs: tuple[Result, ...]
    source: str
    inplace: bool = False
    view: bool = False

    @property
    def positional(self) -> int:
        return sum(not argument.keyword_only for argument in self.arguments)

    def text(self) -> str:
        flags = ["inplace"] * self.inplace + ["view"] * self.view + [self.source]
        positional = [a.text() for a in self.arguments if not a.keyword_only]
        keyword_only = [a.text() for a in self.arguments if a.keyword_only]
        parts = (
            " ".join([*positional, *(["*"] if keyword_only else []), *keyword_only]),
            " ".join(output.text() for output in self.outputs),
            " ".join(flags),
        )
        return " > ".join(parts).strip()


def best(gradients: str) -> str:
    """The best of several letters: what reaches an input through any of them."""
    return min(gradients, key="fzrc".index, default="c")


def merge(overloads: list[Overload]) -> list[Overload]:
    """Join overloads that give the same outputs; keep apart those that do not.

    `add(Tensor, Tensor)` and `add(Tensor, Scalar)` are one operator to a user, `max(input)` and
    `max(input, dim)` are two. The signature with most positional arguments decides their order.
    """
    groups: dict[tuple[object, ...], list[Overload]] = {}
    for overload in overloads:
        shape = tuple((o.name, o.gradient, o.dtype) for o in overload.outputs)
        groups.setdefault(shape, []).append(overload)
    return sorted(map(_join, groups.values()), key=_usual)


def _only(one: Argument, other: Argument) -> str:
    """For which input's gradient an argument is saved, in either of two overloads."""
    if one.saved and other.saved:
        return one.saved_for if one.saved_for == other.saved_for else ""
    return one.saved_for if one.saved else other.saved_for


def _usual(overload: Overload) -> tuple[int, int, int]:
    """The overload that users mean when they name the operator comes first: all outputs, best gradient."""
    gradients = sum("fzrc".index(output.gradient) for output in overload.outputs)
    return -len(overload.outputs), gradients, -len(overload.arguments)


def _join(group: list[Overload]) -> Overload:
    group = sorted(group, key=lambda o: (-o.positional, -len(o.arguments)))
    known: dict[str, Argument] = {}
    for argument in (a for overload in group for a in overload.arguments):
        before = known.get(argument.name)
        if before is None or not before.gradient:
            late = argument not in group[0].arguments if before is None else before.keyword_only
            known[argument.name] = replace(argument, keyword_only=argument.keyword_only or late)
        elif argument.gradient:
            known[argument.name] = replace(
                before,
                gradient=best(before.gradient + argument.gradient),
                saved=before.saved or argument.saved,
                saved_for=_only(before, argument),
            )
    outputs = [
        replace(output, saved=any(o.outputs[i].saved for o in group))
        for i, output in enumerate(group[0].outputs)
    ]
    first = group[0]
    return replace(
        first,
        arguments=tuple(known.values()),
        outputs=tuple(outputs),
        view=any(o.view for o in group),
        source="measured" if any(o.source == "measured" for o in group) else first.source,
    )
