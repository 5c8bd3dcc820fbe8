"""What a module's own statements put into its containers, apart from what functions put there later."""

from __future__ import annotations

from chainrule.flow.core.values import Map, Seq, Value


class Contents:
    """The containers among the top-level values of one module, and what was in them when it had been run."""

    def __init__(self) -> None:
        self._made: list[Value] = []
        self._sequences: list[tuple[Seq, list[Value]]] = []
        self._mappings: list[tuple[Map, dict[object, Value], Value | None]] = []

    def add(self, value: Value) -> None:
        """A top-level value that was just made, and may still be filled."""
        if isinstance(value, (Map, Seq)):
            self._made.append(value)

    def keep(self) -> None:
        """Remember what is in the containers that were added: the module has been run as far as they need."""
        for each in self._made:
            if isinstance(each, Seq):
                self._sequences.append((each, list(each.items)))
            elif isinstance(each, Map):
                self._mappings.append((each, dict(each.items), each.rest))
        self._made.clear()

    def restore(self) -> None:
        """Take out again what functions have put into the containers."""
        for sequence, elements in self._sequences:
            sequence.items = list(elements)
        for mapping, items, rest in self._mappings:
            mapping.items, mapping.rest = dict(items), rest
