"""Alternatives: each is run from one state, and what they leave is joined."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from chainrule.flow.core.graph import Gate, Node, walk
from chainrule.flow.core.joins import Joins
from chainrule.flow.core.state import MISSING
from chainrule.flow.core.values import Map, Seq, Tensor, Value

_Entry = tuple[Any, Any, Any]
"""A store, a key in it (None: the node of a tensor) and the value there."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one alternative leaves. `changed`: by place. `ends`: it leaves the function."""

    ends: bool
    changed: dict[tuple[int, Any], _Entry]
    mode: Gate | None
    freed: dict[int, tuple[Node, Gate]]


class Forks(Joins):
    """A state that can be forked and joined."""

    def branches(
        self,
        runs: Sequence[Callable[[], bool]],
        condition: Node | None,
        at: ast.AST,
        usual: int | None = None,
        rescues: bool = False,
    ) -> bool:
        """Run alternatives from one state and join what they leave.

        Each run says whether it ends the function; True if all do. Values that an alternative on
        `condition` sets depend on it as control, not as data. `usual`: the alternative that a setting's
        default takes; where none does, gradients are on afterwards if one alternative leaves them on.
        `rescues`: the others run only where the first one fails, and say nothing of the tensors that it made.
        """
        mode, freed = self.mode, self.freed
        self.frame.controls.append((condition, at))
        outcomes: list[_Outcome] = []
        for run in runs:
            self.mode, self.freed = mode, dict(freed)
            outcomes.append(self._tried(run))
        for outcome in outcomes:
            self.passed.update(outcome.freed)
        going_on = [outcome for outcome in outcomes if not outcome.ends] or outcomes
        self.freed = {key: each for outcome in going_on for key, each in outcome.freed.items()}
        live = [outcome for outcome in outcomes if not outcome.ends]
        # Otherwise what follows runs only where the other alternative was taken: still under control.
        if not live or len(live) == len(outcomes):
            self.frame.controls.pop()
        if not live:
            self.mode = mode
            return True
        if usual is not None and not outcomes[usual].ends:
            self.mode = outcomes[usual].mode
        else:
            self.mode = None if any(each.mode is None for each in live) else live[0].mode
        first = outcomes[0] if rescues and not outcomes[0].ends else None
        self._merge(live, condition, at, first)
        return False

    def _tried(self, run: Callable[[], bool]) -> _Outcome:
        """What an alternative changes; nothing of it is left in the state's stores."""
        outer, journal = self.journal, list[_Entry]()
        self.journal = journal
        try:
            ends = run()
        finally:
            self.journal = outer
        before: dict[tuple[int, Any], _Entry] = {}
        for entry in journal:
            before.setdefault((id(entry[0]), entry[1]), entry)
        changed = {place: (store, key, _held(store, key)) for place, (store, key, _) in before.items()}
        for store, key, old in before.values():
            _restore(store, key, old)
        return _Outcome(ends, changed, self.mode, self.freed)

    def _merge(
        self, outcomes: Sequence[_Outcome], condition: Node | None, at: ast.AST, first: _Outcome | None
    ) -> None:
        """Join what alternatives leave where one of them changes something; of tensors what `first` has."""
        touched = {place: entry for outcome in outcomes for place, entry in outcome.changed.items()}
        for place, (store, key, _) in touched.items():
            kept = (store, key, _held(store, key))
            values = [outcome.changed.get(place, kept)[2] for outcome in outcomes]
            if first is not None and isinstance(made := first.changed.get(place, kept)[2], Tensor):
                values = [made, *(value for value in values if value is not made and _is_new_leaf(value))]
            present = [value for value in values if value is not MISSING]
            if not present:
                continue
            if key is None:
                self.put_node(store, self.phi(present, at))
            elif isinstance(present[0], Value):
                held = self._held_on(present, outcomes) if len(present) == len(outcomes) else present
                joined = self.join(held, at, condition)
                self.put(store, key, self._let_go(joined, present, outcomes, at))
            elif all(isinstance(value, int) for value in present):
                self.put(store, key, max(present))
            else:
                self.put(store, key, present[-1])

    def _held_on(self, values: list[Value], outcomes: Sequence[_Outcome]) -> list[Value]:
        """The containers that an alternative leaves which has freed what others still have in theirs."""
        fresh = [value for value in values if isinstance(value, (Seq, Map))]
        if len(fresh) < len(values) or not any(outcome.freed for outcome in outcomes):
            return values
        late = self._late(values, outcomes)
        return [value for value in values if value not in late]

    def _let_go(self, joined: Value, values: list[Value], outcomes: Sequence[_Outcome], at: ast.AST) -> Value:
        """`joined`, knowing which of `values` are only there where nobody has gone back through them.

        `if ready: loss.backward(); state = state.detach()`: the state has its graph where nothing was freed.
        """
        if len(values) < len(outcomes) or not any(outcome.freed for outcome in outcomes):
            return joined
        late = [value for value in self._late(values, outcomes) if isinstance(value, Tensor)]
        if not late or not isinstance(joined, Tensor):
            return joined
        if any(joined.node is value.node for value in late):  # the others leave nothing: `state = None`
            node, absent = joined.node, joined.absent
            made = Node("phi", self.block, at, ((node, None),), node.kind, node.dtype, node.bounds)
            made.tags = node.tags
            joined = Tensor(made, joined.storage, joined.base)
            joined.absent = absent
        for value in late:
            self.let_go[id(joined.node), id(value.node)] = (joined.node, value.node)
        return joined

    def _late(self, values: list[Value], outcomes: Sequence[_Outcome]) -> list[Value]:
        """Those of `values` that reach what another alternative has freed, and left behind."""
        found: list[Value] = []
        for value, outcome in zip(values, outcomes, strict=True):
            for other, left in zip(values, outcomes, strict=True):
                freed = left.freed.keys() - outcome.freed.keys()
                if freed and self._reaches(value, freed) and not self._reaches(other, freed):
                    found.append(value)
        return found

    def _reaches(self, value: Value, freed: Set[int]) -> bool:
        nodes = self.nodes([value])
        return any(id(each) in freed for node in nodes for each in walk(node, self.kept_parents))


def _is_new_leaf(value: Any) -> bool:
    """`except RuntimeError: loss = torch.zeros((), requires_grad=True)`: the graph ends here instead."""
    return isinstance(value, Tensor) and "fresh-leaf" in value.node.tags


def _held(store: Any, key: Any) -> Any:
    return store.node if key is None else store.get(key, MISSING)


def _restore(store: Any, key: Any, old: Any) -> None:
    if key is None:
        store.node = old
    elif old is MISSING:
        store.pop(key, None)
    else:
        store[key] = old
