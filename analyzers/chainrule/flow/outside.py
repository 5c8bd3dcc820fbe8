"""Where a layer may learn although `forward` keeps the gradient from it: wherever a network is at hand.

`model.score(x)`: a layer, or a method that gives what the layer computes, in the file of the class or in
another one that comes by its objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from chainrule.flow.core.program import Module, Project, Use
from chainrule.flow.core.trace import Root
from chainrule.flow.entry_points import roots, text_of
from chainrule.flow.forgotten import flows
from chainrule.flow.run import run

# What is done to a layer without computing with it.
_HANDLED = r"\.(?:parameters|named_parameters|state_dict|load_state_dict|train|eval|to|cuda)\b"


@dataclass(frozen=True, slots=True)
class Outside:
    """Who uses layers of the network `root`. `names`: by layer, it and the methods through which it learns.

    `here`: those of the names that the network's own file uses outside of the class. `there`: those that
    other files use; None while these have not been read.
    """

    root: Root
    names: Mapping[str, frozenset[str]]
    here: frozenset[str]
    there: frozenset[str] | None

    @property
    def is_open(self) -> bool:
        """Whether files that have not been read yet may be where a layer learns."""
        return self.there is None and not self._is_taught(self.here)

    @property
    def may_teach(self) -> bool:
        """Whether all of the layers may learn, as far as it is known."""
        return self.there is None or self._is_taught(self.here | self.there)

    def _is_taught(self, used: frozenset[str]) -> bool:
        return not any(used.isdisjoint(names) for names in self.names.values())

    def use(self, module: Module) -> Use:
        """What other files are asked, with their answer."""
        found = " ".join(sorted(self.there or ()))
        return _question(self.root, self.names, module)._replace(found=found)

    def again(self, module: Module, project: Project | None, ask: bool) -> Outside:
        """The same as it is now."""
        return _look(self.names, self.root, module, project, ask)


def look_outside(
    layers: frozenset[str], root: Root, module: Module, project: Project | None, ask: bool
) -> Outside:
    """Who uses `layers` of a network. Not `ask`: no other file is read for it now."""
    names = {layer: frozenset((layer, *_ways_to(layer, root, module))) for layer in layers}
    return _look(names, root, module, project, ask)


def used_in(text: str, use: Use) -> frozenset[str]:
    """The names of `use` that a text computes with outside of the class that `use` is about."""
    # What other classes call alike is another layer, unless they inherit from this one.
    return frozenset(_pattern(use.names, use.owner in text).findall(text))


@lru_cache(maxsize=64)
def _pattern(names: str, on_self: bool) -> re.Pattern[str]:
    before = "" if on_self else r"(?<!\bself)"
    any_of = "|".join(map(re.escape, names.split()))
    return re.compile(rf"{before}\.({any_of})\b(?!{_HANDLED})")


def _look(
    names: Mapping[str, frozenset[str]], root: Root, module: Module, project: Project | None, ask: bool
) -> Outside:
    use = _question(root, names, module)
    texts = (block.text for block in module.blocks if block is not root.block)
    here = frozenset[str]().union(*(used_in(text, use) for text in texts))
    there: frozenset[str] | None = frozenset()
    if project is not None:
        there = project.used(use, ask)
    return Outside(root, names, here, there)


def _question(root: Root, names: Mapping[str, frozenset[str]], module: Module) -> Use:
    assert root.owner is not None
    named = sorted(frozenset[str]().union(*names.values()))
    return Use(root.owner.name, " ".join(named), module.path)


def _ways_to(layer: str, root: Root, module: Module) -> Iterator[str]:
    """The methods that give gradient to a layer by what they return, besides calling the network."""
    own = f"{root.owner.name}." if root.owner is not None else ""
    for each in roots(module, root.block):
        name = each.name.removeprefix(own)
        if each.name == name or name == "forward" or name.startswith("__") or "." in name:
            continue
        if ("return" in text_of(each)) and flows(layer, (run(module.alone, each),)):
            yield name
