"""Which event a place of the program makes of its value: a new one, one that is known, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch

from .ledger import Event, Ledger
from .sites import Site
from .values import FRESH, GROWS, METADATA, SELECTIONS, SHARED, inside, is_array, is_container


class Frame:
    """What is known of one call of one function: by site the event, the value and when; by name; by the
    comprehension that they are elements of."""

    __slots__ = ("elements", "names", "values")

    def __init__(self) -> None:
        self.values: dict[int, tuple[Event | None, Any, int]] = {}
        self.names: dict[str, tuple[Event | None, Any]] = {}
        self.elements: dict[int, list[Event]] = {}


class Derivation(Ledger):
    """A ledger that knows what the kinds of places do."""

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[tuple[str, int, str], Event] = {}
        """The last value of each variable on each line: (path, line, name)."""
        self.backwards: list[Site] = []
        self.trained: list[Event] = []
        """What `backward` was called on."""
        self.markings: list[Site] = []
        """Calls of `ctx.mark_non_differentiable`."""
        self._clock = 0
        self._returned: tuple[Any, Event | None, int] = (None, None, -1)

    def event(self, frame: Frame, site: Site, number: int, value: Any) -> Event | None:
        kind = site.kind
        if kind == "name":
            return self._name(frame, site, value)
        parents = self.parents(frame, site)
        if kind in ("assign", "return", "element"):
            event = self.lookup(value) or first(parents)
            self._keep(frame, site, event, value)
            return event
        if kind in ("unpack", "loop"):
            return self._unpack(frame, site, parents, value)
        if kind in ("setitem", "setattr"):
            return self._stored(frame, site, parents)
        if kind == "augmented":
            before, _ = frame.names.get(site.names[0], (None, None))
            parents = [e for e in (self.lookup(value) or before,) if e is not None] + parents
            event = self._derive(frame, site, parents, value, edit=True)
            frame.names[site.names[0]] = (event, value)
            return event
        if kind == "choice" and (known := self.lookup(value)) is not None:
            return known
        if kind == "comprehension":
            return self._comprehension(frame, site, number, parents, value)
        if kind == "attr" and site.names[0] == "grad":
            if value is None:
                self._note_missing_grad(frame, site)
            elif isinstance(value, torch.Tensor) and self.lookup(value) is None:
                # A gradient is made of all that the loss was made of.
                return self.new(site, [*parents, *(p for p in self.trained if p not in parents)], value)
        if kind == "attr" and not self._reads_data(frame, site, value):
            return self.lookup(value)
        return self._derive(frame, site, parents, value)

    def _note_missing_grad(self, frame: Frame, site: Site) -> None:
        base = frame.values.get(site.children[0], (None, None, 0))[1] if site.children else None
        if isinstance(base, torch.Tensor) and base.requires_grad and not base.is_leaf:
            self.missing.append(site)

    def _name(self, frame: Frame, site: Site, value: Any) -> Event | None:
        event = self.lookup(value)
        if event is None:
            kept, same = frame.names.get(site.names[0], (None, None))
            event = kept if same is value else None
            if event is None and isinstance(value, torch.Tensor):
                event = self.new(site, [], value)
        if event is not None and event.shape is not None and self.edited(event, value):
            event = self.new(site, [event], value)
        return event

    def _keep(self, frame: Frame, site: Site, event: Event | None, value: Any) -> None:
        for name in site.names:
            frame.names[name] = (event, value)
        if site.kind == "element" and event is not None and site.owner is not None:
            frame.elements.setdefault(site.owner, []).append(event)

    def _unpack(self, frame: Frame, site: Site, parents: list[Event], value: Any) -> Event | None:
        for name, part in zip(site.names, value):
            event = self.lookup(part)
            if (
                event is None
                and (self.taint_of(parents) or isinstance(part, torch.Tensor))
                and (site.kind == "unpack" or isinstance(part, torch.Tensor))
            ):
                event = self.new(site, parents, part) if not isinstance(part, SHARED) else first(parents)
            elif event is None and isinstance(part, SHARED) and site.kind == "unpack":
                event = first(parents)
            frame.names[name] = (event, part)
            if event is not None and event.shape is not None:
                self.named[(site.path, site.line, name)] = event
        return None

    def _stored(self, frame: Frame, site: Site, parents: list[Event]) -> Event | None:
        """`base[i] = value` and `base.a = value`: what the base holds from now on depends on the value."""
        base = frame.values.get(site.receiver, (None, None, 0))[1] if site.receiver is not None else None
        if site.kind == "setattr" and site.names[0] == "data" and isinstance(base, torch.Tensor):
            self.note_edits(site, parents)
            known = self.registered(base)
            if known is None or known.site is site:
                return known
            return self.new(site, [known, *(p for p in parents if p is not known)], base, edit=True)
        if site.kind == "setattr":
            return self._edited_inside(site, parents, [getattr(base, site.names[0], None)])
        if isinstance(base, torch.Tensor):
            return self.new(site, parents, base, edit=True)
        if is_container(base) or is_array(base):
            edited = self._edited_inside(site, parents, inside(base, depth=1) if is_container(base) else [])
            if not isinstance(base, tuple) and self.taint_of(parents):
                return self.new(site, parents, base)
            return edited
        return None

    def _edited_inside(self, site: Site, parents: list[Event], values: Iterable[Any]) -> Event | None:
        """`items[i] += t` and `self.total += t` edit a tensor in place, not only the slot that holds it."""
        for value in values:
            known = self.registered(value)
            if known is not None and self.edited(known, value):
                return self.new(site, [known, *parents], value, edit=True)
        return None

    def _comprehension(
        self, frame: Frame, site: Site, number: int, parents: list[Event], value: Any
    ) -> Event | None:
        elements = frame.elements.get(number, [])
        if not is_container(value):
            for parent in parents:
                parent.used = True
            return self.new(site, elements, value, live=True)
        return self.new(site, list(elements), value) if self.taint_of(elements) else None

    def _derive(
        self, frame: Frame, site: Site, parents: list[Event], value: Any, edit: bool = False
    ) -> Event | None:
        known = self.lookup(value)
        if site.kind == "call":
            self._put_into_receiver(frame, site, parents)
            if isinstance(value, torch.Tensor) and (custom := self._custom_function(frame, site)) is not None:
                return self._applied(custom, site, parents, value)
            if self._returned_here(frame, site, value):
                return self._returned[1]
            if site.names[0] in ("backward", "grad", "manual_backward"):
                self.backwards.append(site)
                self.trained += parents
            if site.names[0] == "mark_non_differentiable":
                self.markings.append(site)
        if known is not None and known.shape is None:
            return known
        if known is not None:
            edited = self.edited(known, value)
            if not edited and known.connected == self.reach.of(value) and known.value is value:
                return known
            if edited and known not in parents:
                parents = [*parents, known]
            # What autograd connects only now came out of a Function: it was made from the Function's inputs.
            if not edited and value.is_leaf:
                parents = [known]  # it has been told to require grad
            return self.new(site, parents or [known], value, edit=edited or edit)
        if site.names and site.names[0] in (FRESH if site.kind == "call" else ()):
            parents = []
        if isinstance(value, torch.Tensor):
            alias = self.alias(value)
            if alias is not None and not alias.taint & self.taint_of(parents):
                parents = [*parents, alias]
            return self.new(site, parents, value)
        if site.kind == "call" and site.names[0] in METADATA and self._on_tensor(frame, site):
            if not self._counts_selected(frame, site):
                return None
        if is_container(value):
            known_items = (self.registered(item) or self.alias(item) for item in inside(value))
            parents = [*parents, *(e for e in known_items if e is not None)]
        taint = self.taint_of(parents)
        if not taint or value is None or isinstance(value, SHARED[5:]):
            return None
        return self.new(site, parents, value)

    def _reads_data(self, frame: Frame, site: Site, value: Any) -> bool:
        base = frame.values.get(site.children[0], (None, None, 0))[1] if site.children else None
        if site.names[0] in METADATA:
            return False
        if isinstance(value, torch.Tensor):
            return True
        return isinstance(base, (torch.Tensor, tuple)) or is_array(base)

    def _counts_selected(self, frame: Frame, site: Site) -> bool:
        """`torch.nonzero(x > 0).size(0)`: how many elements the data selects is made of the data."""
        event = frame.values.get(site.receiver, (None, None, 0))[0] if site.receiver is not None else None
        if event is None or site.names[0] not in ("size", "numel"):
            return False
        return event.site.op.rpartition(".")[2] in SELECTIONS

    def _on_tensor(self, frame: Frame, site: Site) -> bool:
        receiver = frame.values.get(site.receiver, (None, None, 0))[1] if site.receiver is not None else None
        return isinstance(receiver, torch.Tensor)

    def _custom_function(self, frame: Frame, site: Site) -> type | None:
        """The `autograd.Function` that this call applies: `F.apply(x)`, or `f = F.apply` and `f(x)`."""
        held = [frame.values[c][1] for c in site.children[:1] if c in frame.values]
        for value in held:
            value = getattr(value, "__self__", value) if site.names[0] != "apply" else value
            if isinstance(value, type) and issubclass(value, torch.autograd.Function):
                return value
        return None

    def _applied(self, custom: type, site: Site, parents: list[Event], value: torch.Tensor) -> Event:
        """A Function's result comes from its inputs: what its forward computes runs without a graph."""
        event = self.new(site, parents, value)
        marking = f"{custom.__qualname__}.forward"
        marks = [s for s in self.markings if s.function == marking]
        if marks and not value.requires_grad:
            self.marked[event.number] = marks[-1]
        return event

    def _put_into_receiver(self, frame: Frame, site: Site, parents: list[Event]) -> None:
        receiver = frame.values.get(site.receiver, (None, None, 0))[1] if site.receiver is not None else None
        if (
            receiver is None
            or site.names[0] not in GROWS
            or isinstance(receiver, (torch.Tensor, torch.nn.Module))
        ):
            return
        if not isinstance(receiver, SHARED) and self.taint_of(parents):
            self.new(site, parents, receiver)

    def _returned_here(self, frame: Frame, site: Site, value: Any) -> bool:
        """The value came from a `return` that ran after this call's arguments were ready."""
        returned, event, clock = self._returned
        if event is not None and isinstance(value, torch.Tensor) and event.connected != self.reach.of(value):
            return False
        started = max([frame.values[c][2] for c in site.children if c in frame.values], default=-1)
        return returned is value and clock > started and clock >= self._clock - 1

    def parents(self, frame: Frame, site: Site) -> list[Event]:
        found: list[Event] = []
        for child in site.children:
            event, value, _ = frame.values.get(child, (None, None, 0))
            if event is None and site.kind == "call":
                called = _held(value, site.names[0]) if child == site.receiver else value
                event = self.module_event(called) if _is_ready_module(called) else None
            if event is not None and event not in found:
                found.append(event)
            elif event is None and site.kind == "call" and is_container(value):
                items = (self.registered(item) for item in inside(value, depth=1))
                found += [item for item in items if item is not None and item not in found]
        return found


def _held(value: Any, name: str) -> Any:
    """What an object keeps under a name; None for methods."""
    kept = getattr(value, "__dict__", {})
    return kept.get("_modules", {}).get(name) if _is_ready_module(value) else kept.get(name)


def _is_ready_module(value: Any) -> bool:
    """A module whose `nn.Module.__init__` has run."""
    return isinstance(value, torch.nn.Module) and "_parameters" in value.__dict__


def first(events: Sequence[Event]) -> Event | None:
    return events[0] if events else None
