"""The events of one run, found again by value: which tensor came from which, and what autograd can still
reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from .sites import Site
from .values import (
    COPIES,
    SHARED,
    Reach,
    describe_gradient,
    inside,
    is_array,
    is_container,
    is_finite,
    parameters_of,
    storage_key,
    tensors_in,
    version_of,
)

Gradient = tuple[float, bool, bool]
"""Norm, all zero, all finite."""


class Event:
    """One value, where it was made, and from which others."""

    __slots__ = (
        "connected", "edited", "finite", "grad", "live", "mode", "node", "number", "parents", "shape", "site",
        "taint", "used", "value", "version",
    )  # fmt: skip

    def __init__(self, number: int, site: Site, parents: list[Event], value: Any, live: bool) -> None:
        self.number = number
        self.site = site
        self.parents = parents
        self.value = value
        self.live = live
        """Its parents may still grow (a generator, a container)."""
        self.taint = 0
        self.connected = 0
        self.mode = torch.is_grad_enabled()
        self.used = False
        self.edited: str | None = None
        """For an edit in place: the grad_fn that the tensor had before."""
        self.grad: Gradient | None = None
        """Of the loss with respect to this value."""
        self.finite = True
        tensor = value if isinstance(value, torch.Tensor) else None
        self.version = version_of(tensor) if tensor is not None else 0
        self.node = tensor.grad_fn if tensor is not None else None
        self.shape: tuple[int, ...] | None = tuple(tensor.shape) if tensor is not None else None


class Ledger:
    """Every event, and the lookups from a value to the event that made it."""

    def __init__(self) -> None:
        self.reach = Reach()
        self.events: list[Event] = []
        self.off: Site | None = None
        """What switched gradient tracking off, while it is off."""
        self.switched_off: dict[int, Site] = {}
        self.marked: dict[int, Site] = {}
        """For the result of a custom Function: where its forward marks it as not differentiable."""
        self.edges: dict[tuple[int, int], Gradient | None] = {}
        """What a grad_fn or a leaf (by `id`) gets by way of one event alone; None where backward gives it
        nothing."""
        self.missing: list[Site] = []
        """Where `.grad` of a tensor that is no leaf was read, and was None."""
        self._by_id: dict[int, Event] = {}
        self._by_node: dict[Any, Event] = {}
        self._by_storage: dict[int, Event] = {}
        self._sources: dict[int, Event] = {}
        """By storage: what shares memory with a source, and no graph, is a copy of it cut off."""
        self._memory: dict[int, tuple[torch.Tensor, int]] = {}
        """The sources that are leaves, and the storage of each."""
        self._modules: dict[int, tuple[Any, Event]] = {}

    def add_source(self, tensor: torch.Tensor, site: Site, name: str) -> Event:
        """Watch a leaf; its event is where the paths begin."""
        event = self._by_id.get(id(tensor))
        if event is None:
            event = self.new(site, [], tensor)
        event.taint |= self.reach.add(tensor) if tensor.is_leaf else 0
        event.connected = self.reach.of(tensor)
        if key := storage_key(tensor):
            self._sources.setdefault(key, event)
        if tensor.is_leaf:
            self._memory[id(tensor)] = (tensor, key)
        return event

    def note_edits(self, site: Site, parents: Sequence[Event]) -> None:
        """Sources that a call edited out of sight: an optimiser's step, `load_state_dict`,
        `vector_to_parameters`."""
        for tensor, key in list(self._memory.values()):
            known = self.registered(tensor)
            now = storage_key(tensor)
            if known is not None and (now != key or self.edited(known, tensor)):
                self.new(site, [known, *(p for p in parents if p is not known)], tensor, edit=True)
                self._memory[id(tensor)] = (tensor, now)

    def note_arguments(self, site: Site, events: Sequence[Event]) -> None:
        """Arguments that a call edited in place out of sight: a layer that is `nn.ReLU(inplace=True)`."""
        for event in events:
            known = self.registered(event.value) if isinstance(event.value, torch.Tensor) else None
            if known is not None and self.edited(known, event.value):
                self.new(site, [known], event.value, edit=True)

    def alias(self, value: Any) -> Event | None:
        """The source whose memory a tensor without a graph shares: `.data`, what is in a `state_dict()`."""
        if not isinstance(value, torch.Tensor) or value.requires_grad:
            return None
        return self._sources.get(storage_key(value))

    def new(
        self, site: Site, parents: Sequence[Event], value: Any, edit: bool = False, live: bool = False
    ) -> Event:
        event = Event(len(self.events), site, parents if live else list(parents), value, live)  # type: ignore[arg-type]
        self.events.append(event)
        for parent in parents:
            parent.used = True
        event.taint = self.taint_of(parents)
        if isinstance(value, torch.Tensor):
            event.connected = self.reach.of(value)
            event.taint |= event.connected
            self._watch_gradient(event, value)
            self._watch_edges(event)
            if edit:
                event.edited = next(
                    (p.node.name() for p in parents if p.value is value and p.node is not None), ""
                )
                if key := storage_key(value):
                    self._by_storage[key] = event
        elif is_container(value):
            for tensor in tensors_in(value):
                event.connected |= self.reach.of(tensor)
                event.finite = event.finite and (not tensor.is_floating_point() or is_finite(tensor))
            event.taint |= event.connected
            self._watch_edges(event)
        elif isinstance(value, torch.nn.Module):
            for parameter in parameters_of(value):
                event.connected |= self.reach.of(parameter)
        elif not isinstance(value, COPIES) and not is_array(value):
            for parent in parents:
                event.connected |= self.connected(parent)
        if not isinstance(value, SHARED):
            self._by_id[id(value)] = event
        if not event.mode and self.off is not None:
            self.switched_off[event.number] = self.off
        return event

    def _watch_edges(self, event: Event) -> None:
        """The gradient that a value gets by way of this event alone: its own is a sum over all its uses."""
        for node, at, below in self.reach.edges:
            made = self._by_node.get(below)
            if made is not None and made not in event.parents:
                event.parents.append(
                    made
                )  # by a way that the code does not show: a hook, a property, a generator

            def arrived(inputs: Any, _: Any, at: int = at, below: int = id(below)) -> None:
                given = inputs[at] if at < len(inputs) else None
                told = describe_gradient(given) if isinstance(given, torch.Tensor) else None
                before = self.edges.get((event.number, below))
                if before is None or (told is not None and before[2] and not told[2]):
                    self.edges[event.number, below] = told

            node.register_hook(arrived)
        self.reach.edges.clear()
        for tensor in tensors_in(event.value):
            if tensor.grad_fn is not None:
                self._by_node.setdefault(tensor.grad_fn, event)

    def _watch_gradient(self, event: Event, value: torch.Tensor) -> None:
        if value.is_floating_point() and value.numel():
            event.finite = is_finite(value)
        if not value.requires_grad or value.is_inference():
            return

        def arrived(grad: torch.Tensor | None) -> None:
            event.grad = None if grad is None else describe_gradient(grad)

        if value.grad_fn is not None:
            value.register_hook(arrived)  # type: ignore[no-untyped-call]

    def lookup(self, value: Any) -> Event | None:
        """The event of a value: of itself, of the storage edited last, or of what it contains."""
        event = self.registered(value)
        if event is None and is_container(value):
            found = [e for e in map(self.registered, inside(value)) if e is not None]
            if found and self.taint_of(found):
                return self.new(found[0].site, found, value)
        return event

    def registered(self, value: Any) -> Event | None:
        if isinstance(value, SHARED):
            return None
        event = self._by_id.get(id(value))
        if isinstance(value, torch.Tensor) and self._by_storage:
            stored = self._by_storage.get(storage_key(value))
            if stored is not None and (event is None or stored.number > event.number):
                if stored.value is not value and stored.connected & ~self.reach.of(value):
                    return self.new(stored.site, [stored], value)
                return stored
        return event

    def edited(self, event: Event, value: Any) -> bool:
        return isinstance(value, torch.Tensor) and event.value is value and version_of(value) != event.version

    def module_event(self, module: torch.nn.Module) -> Event | None:
        """What a module carries: its parameters, as they are now."""
        sources = [e for p in parameters_of(module) if (e := self.registered(p)) is not None]
        if not sources:
            return None
        known = self._modules.get(id(module))
        if known is None or known[1].parents != sources:
            site = Site("module", "", 0, 0, type(module).__name__)
            self._modules[id(module)] = known = (module, self.new(site, sources, module))
        return known[1]

    def taint(self, event: Event) -> int:
        if event.live:
            event.taint |= self.taint_of(event.parents)
        return event.taint

    def connected(self, event: Event) -> int:
        if event.live:
            for parent in event.parents:
                event.connected |= self.connected(parent)
        return event.connected

    def own(self, event: Event) -> int:
        """The bit of an event that is itself a leaf."""
        return self.reach.bits.get(id(event.value), 0)

    def taint_of(self, events: Sequence[Event]) -> int:
        bits = 0
        for event in events:
            bits |= self.taint(event) if event.live else event.taint
        return bits
