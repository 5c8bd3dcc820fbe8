"""Record one run of an instrumented program as a graph of events: which value came from which, on which line.

An event is made for every tensor, and for every other value that depends on a source (a leaf that should receive
gradient). `taint` says which sources the value depends on; `connected` which of them autograd can still reach.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

import torch

from .instrument import Site
from .values import (
    COPIES,
    FRESH,
    GROWS,
    METADATA,
    SHARED,
    Reach,
    inside,
    is_array,
    is_container,
    storage_key,
    tensors_in,
    version_of,
)

LIMIT = 100_000
"""Events in one trace; a longer run is followed up to there."""


class Event:
    """One value, where it was made, and from which others."""

    __slots__ = (
        "connected", "edited", "finite", "grad", "live", "mode", "node", "number", "parents", "shape", "site",
        "taint", "used", "value", "version",
    )  # fmt: skip

    def __init__(self, number: int, site: Site, parents: List["Event"], value: Any, live: bool) -> None:
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
        self.edited: Optional[str] = None
        """For an edit in place: the grad_fn that the tensor had before."""
        self.grad: Optional[Tuple[float, bool, bool]] = None
        """Norm, all zero, all finite: of the gradient of the loss with respect to this value."""
        self.finite = True
        tensor = value if isinstance(value, torch.Tensor) else None
        self.version = version_of(tensor) if tensor is not None else 0
        self.node = tensor.grad_fn if tensor is not None else None
        self.shape: Optional[Tuple[int, ...]] = tuple(tensor.shape) if tensor is not None else None


class Frame:
    """The hooks of one call of one function."""

    __slots__ = ("elements", "last", "names", "recorder", "values")

    def __init__(self, recorder: "Recorder") -> None:
        self.recorder = recorder
        self.values: Dict[int, Tuple[Optional[Event], Any, int]] = {}
        self.names: Dict[str, Tuple[Optional[Event], Any]] = {}
        self.elements: Dict[int, List[Event]] = {}

    def __call__(self, number: int, value: Any) -> Any:
        if self.recorder.active:
            self.recorder.visit(self, number, value)
        return value

    def iterate(self, number: int, value: Any) -> Any:
        return self.recorder.iterate(self, number, value) if self.recorder.active else value


class Recorder:
    """All events of one run. Switch it on with `start`, off with `stop`."""

    def __init__(self, sites: Sequence[Optional[Site]]) -> None:
        self.sites = sites
        self.active = False
        self.reach = Reach()
        self.events: List[Event] = []
        self.named: Dict[Tuple[str, int, str], Event] = {}
        """The last value of each variable on each line: (path, line, name)."""
        self.last: Optional[Event] = None
        self.off: Optional[Site] = None
        """What switched gradient tracking off, while it is off."""
        self.switched_off: Dict[int, Site] = {}
        self.backwards: List[Site] = []
        self.globals = Frame(self)
        self._clock = 0
        self._mode = True
        self._by_id: Dict[int, Event] = {}
        self._by_storage: Dict[int, Event] = {}
        self._modules: Dict[int, Tuple[Any, Optional[Event]]] = {}
        self._returned: Tuple[Any, Optional[Event], int] = (None, None, -1)
        self._reached: Optional[Site] = None

    def start(self, off: Optional[Site] = None) -> None:
        """`off` is what switched gradient tracking off for the run that begins."""
        self._mode = torch.is_grad_enabled() and off is None
        self.off = off
        self.active = True

    def stop(self) -> None:
        self.active = False

    def add_source(self, tensor: torch.Tensor, site: Site, name: str) -> Event:
        """Watch a leaf; its event is where the paths begin."""
        event = self._by_id.get(id(tensor))
        if event is None:
            event = self._new(site, [], tensor)
        event.taint |= self.reach.add(tensor) if tensor.is_leaf else 0
        event.connected = self.reach.of(tensor)
        return event

    # -- hooks ----------------------------------------------------------------------------------

    def enter(self, number: int) -> Frame:
        frame = Frame(self)
        if self.active and (site := self.sites[number]) is not None:
            self._watch_mode(site, entering=True)
            variables = sys._getframe(1).f_locals
            for name in site.names:
                value = variables.get(name)
                event = self.lookup(value)
                frame.names[name] = (event, value)
                if event is not None and event.shape is not None:
                    self.named[(site.path, site.line, name)] = event
            self._reached = site
        return frame

    def visit(self, frame: Frame, number: int, value: Any) -> None:
        site = self.sites[number]
        if site is None or len(self.events) > LIMIT:
            return
        self._clock += 1
        if site.kind not in ("name", "attr"):
            self._watch_mode(site)
        event = self._event(frame, site, number, value)
        if event is not None and site.kind not in ("name",):
            event.used = event.used or site.kind == "return"
        frame.values[number] = (event, value, self._clock)
        if site.kind == "return":
            self._returned = (value, event, self._clock)
        if site.kind in ("assign", "return", "augmented") and event is not None and event.shape is not None:
            for name in site.names:
                self.named[(site.path, site.line, name)] = event
        self._reached = site

    def iterate(self, frame: Frame, number: int, value: Any) -> Iterator[Any]:
        """The items of an iterable, each known as an item of it."""
        site = self.sites[number]
        assert site is not None
        parents = self._parents(frame, site)
        elements = frame.elements
        if site.owner is not None:
            elements[site.owner] = []
        whole = self._registered(value)
        if site.op == "for" and whole is not None:
            parents = [whole]

        def items() -> Iterator[Any]:
            for item in value:
                if self.active:
                    self._item(frame, site, number, parents, item)
                yield item

        return items()

    def _item(self, frame: Frame, site: Site, number: int, parents: List[Event], item: Any) -> None:
        if site.op in ("zip", "enumerate") and isinstance(item, tuple):
            offset = 1 if site.op == "enumerate" else 0
            by_child = [frame.values.get(c, (None, None, 0))[0] for c in site.children]
            for at, part in enumerate(item):
                source = by_child[at - offset] if 0 <= at - offset < len(by_child) else None
                if source is not None:
                    self._inherit(site, [source], part)
        else:
            self._inherit(site, parents, item)
        frame.values[number] = (self.lookup(item) or _first(parents), item, self._clock)

    def _inherit(self, site: Site, parents: List[Event], item: Any) -> None:
        if isinstance(item, SHARED) or self._registered(item) is not None:
            return
        if is_container(item):
            for part in inside(item, depth=2):
                if not is_container(part):
                    self._inherit(site, parents, part)
        elif self._taint(parents) or isinstance(item, torch.Tensor):
            self._new(site, parents, item)

    # -- events ---------------------------------------------------------------------------------

    def _event(self, frame: Frame, site: Site, number: int, value: Any) -> Optional[Event]:
        kind = site.kind
        if kind == "name":
            return self._name(frame, site, value)
        parents = self._parents(frame, site)
        if kind in ("assign", "return", "element"):
            event = self.lookup(value) or _first(parents)
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
        if kind == "attr" and not self._reads_data(frame, site, value):
            return self.lookup(value)
        return self._derive(frame, site, parents, value)

    def _name(self, frame: Frame, site: Site, value: Any) -> Optional[Event]:
        event = self.lookup(value)
        if event is None:
            kept, same = frame.names.get(site.names[0], (None, None))
            event = kept if same is value else None
            if event is None and isinstance(value, torch.Tensor):
                event = self._new(site, [], value)
        if event is not None and event.shape is not None and self._edited(event, value):
            event = self._new(site, [event], value)
        return event

    def _keep(self, frame: Frame, site: Site, event: Optional[Event], value: Any) -> None:
        for name in site.names:
            frame.names[name] = (event, value)
        if site.kind == "element" and event is not None and site.owner is not None:
            frame.elements.setdefault(site.owner, []).append(event)

    def _unpack(self, frame: Frame, site: Site, parents: List[Event], value: Any) -> Optional[Event]:
        for name, part in zip(site.names, value):
            event = self.lookup(part)
            if event is None and (self._taint(parents) or isinstance(part, torch.Tensor)) and site.kind == "unpack":
                event = self._new(site, parents, part) if not isinstance(part, SHARED) else _first(parents)
            elif event is None and isinstance(part, SHARED) and site.kind == "unpack":
                event = _first(parents)
            frame.names[name] = (event, part)
            if event is not None and event.shape is not None:
                self.named[(site.path, site.line, name)] = event
        return None

    def _stored(self, frame: Frame, site: Site, parents: List[Event]) -> Optional[Event]:
        """`base[i] = value` and `base.a = value`: what the base holds from now on depends on the value."""
        base = frame.values.get(site.receiver, (None, None, 0))[1] if site.receiver is not None else None
        if site.kind == "setattr":
            return self._edited_inside(site, parents, [getattr(base, site.names[0], None)])
        if isinstance(base, torch.Tensor):
            return self._new(site, parents, base, edit=True)
        if is_container(base) or is_array(base):
            edited = self._edited_inside(site, parents, inside(base, depth=1) if is_container(base) else [])
            if not isinstance(base, tuple) and self._taint(parents):
                return self._new(site, parents, base)
            return edited
        return None

    def _edited_inside(self, site: Site, parents: List[Event], values: Iterable[Any]) -> Optional[Event]:
        """`items[i] += t` and `self.total += t` edit a tensor in place, not only the slot that holds it."""
        for value in values:
            known = self._registered(value)
            if known is not None and self._edited(known, value):
                return self._new(site, [known, *parents], value, edit=True)
        return None

    def _comprehension(
        self, frame: Frame, site: Site, number: int, parents: List[Event], value: Any
    ) -> Optional[Event]:
        elements = frame.elements.get(number, [])
        if not is_container(value):
            for parent in parents:
                parent.used = True
            return self._new(site, elements, value, live=True)
        return self._new(site, list(elements), value) if self._taint(elements) else None

    def _derive(
        self, frame: Frame, site: Site, parents: List[Event], value: Any, edit: bool = False
    ) -> Optional[Event]:
        known = self.lookup(value)
        if site.kind == "call":
            self._put_into_receiver(frame, site, parents)
            if self._returned_here(frame, site, value):
                return self._returned[1]
            if site.names[0] in ("backward", "grad", "manual_backward"):
                self.backwards.append(site)
        if known is not None and known.shape is None:
            return known
        if known is not None:
            edited = self._edited(known, value)
            if not edited and known.connected == self.reach.of(value) and known.value is value:
                return known
            return self._new(site, parents if known in parents else [*parents, known], value, edit=edited or edit)
        if site.names and site.names[0] in (FRESH if site.kind == "call" else ()):
            parents = []
        if site.kind == "call" and site.names[0] in METADATA and self._on_tensor(frame, site):
            return None
        if isinstance(value, torch.Tensor):
            return self._new(site, parents, value)
        if is_container(value):
            parents = [*parents, *(e for e in map(self._registered, inside(value)) if e is not None)]
        taint = self._taint(parents)
        if not taint or value is None or isinstance(value, SHARED[5:]):
            return None
        return self._new(site, parents, value)

    def _reads_data(self, frame: Frame, site: Site, value: Any) -> bool:
        base = frame.values.get(site.children[0], (None, None, 0))[1] if site.children else None
        if site.names[0] in METADATA:
            return False
        if isinstance(value, torch.Tensor):
            return True
        return isinstance(base, (torch.Tensor, tuple)) or is_array(base)

    def _on_tensor(self, frame: Frame, site: Site) -> bool:
        receiver = frame.values.get(site.receiver, (None, None, 0))[1] if site.receiver is not None else None
        return isinstance(receiver, torch.Tensor)

    def _put_into_receiver(self, frame: Frame, site: Site, parents: List[Event]) -> None:
        receiver = frame.values.get(site.receiver, (None, None, 0))[1] if site.receiver is not None else None
        if receiver is None or site.names[0] not in GROWS or isinstance(receiver, (torch.Tensor, torch.nn.Module)):
            return
        if not isinstance(receiver, SHARED) and self._taint(parents):
            self._new(site, parents, receiver)

    def _returned_here(self, frame: Frame, site: Site, value: Any) -> bool:
        """The value came from a `return` that ran after this call's arguments were ready."""
        returned, event, clock = self._returned
        if event is not None and isinstance(value, torch.Tensor) and event.connected != self.reach.of(value):
            return False
        started = max([frame.values[c][2] for c in site.children if c in frame.values], default=-1)
        return returned is value and clock > started and clock >= self._clock - 1

    def _new(
        self, site: Site, parents: Sequence[Event], value: Any, edit: bool = False, live: bool = False
    ) -> Event:
        event = Event(len(self.events), site, parents if live else list(parents), value, live)  # type: ignore[arg-type]
        self.events.append(event)
        for parent in parents:
            parent.used = True
        event.taint = self._taint(parents)
        if isinstance(value, torch.Tensor):
            event.connected = self.reach.of(value)
            event.taint |= event.connected
            self._watch_gradient(event, value)
            if edit:
                event.edited = next((p.node.name() for p in parents if p.value is value and p.node is not None), "")
                if key := storage_key(value):
                    self._by_storage[key] = event
        elif is_container(value):
            for tensor in tensors_in(value):
                event.connected |= self.reach.of(tensor)
            event.taint |= event.connected
        elif not isinstance(value, COPIES) and not is_array(value):
            for parent in parents:
                event.connected |= self.connected(parent)
        if not isinstance(value, SHARED):
            self._by_id[id(value)] = event
        if not event.mode and self.off is not None:
            self.switched_off[event.number] = self.off
        return event

    def _watch_gradient(self, event: Event, value: torch.Tensor) -> None:
        if value.is_floating_point() and value.numel():
            event.finite = bool(torch.isfinite(value.detach()).all())
        if not value.requires_grad or value.is_inference():
            return

        def arrived(grad: torch.Tensor) -> None:
            event.grad = describe_gradient(grad)

        if value.grad_fn is not None:
            value.register_hook(arrived)

    # -- lookups --------------------------------------------------------------------------------

    def lookup(self, value: Any) -> Optional[Event]:
        """The event of a value: of itself, of the storage edited last, or of what it contains."""
        event = self._registered(value)
        if event is None and is_container(value):
            found = [e for e in map(self._registered, inside(value)) if e is not None]
            if found and self._taint(found):
                return self._new(found[0].site, found, value)
        return event

    def _registered(self, value: Any) -> Optional[Event]:
        if isinstance(value, SHARED):
            return None
        event = self._by_id.get(id(value))
        if isinstance(value, torch.Tensor) and self._by_storage:
            stored = self._by_storage.get(storage_key(value))
            if stored is not None and (event is None or stored.number > event.number):
                if stored.value is not value and stored.connected & ~self.reach.of(value):
                    return self._new(stored.site, [stored], value)
                return stored
        return event

    def _edited(self, event: Event, value: Any) -> bool:
        return isinstance(value, torch.Tensor) and event.value is value and version_of(value) != event.version

    def _parents(self, frame: Frame, site: Site) -> List[Event]:
        found: List[Event] = []
        for child in site.children:
            event, value, _ = frame.values.get(child, (None, None, 0))
            if event is None and isinstance(value, torch.nn.Module) and site.kind == "call":
                called = value._modules.get(site.names[0]) if child == site.receiver else value
                event = self._module(called) if called is not None else None
            if event is not None and event not in found:
                found.append(event)
        return found

    def _module(self, module: torch.nn.Module) -> Optional[Event]:
        if id(module) not in self._modules:
            sources = [e for p in module.parameters() if (e := self._by_id.get(id(p))) is not None]
            site = Site("module", "", 0, 0, type(module).__name__)
            self._modules[id(module)] = (module, self._new(site, sources, module) if sources else None)
        return self._modules[id(module)][1]

    def taint(self, event: Event) -> int:
        if event.live:
            event.taint |= self._taint(event.parents)
        return event.taint

    def connected(self, event: Event) -> int:
        if event.live:
            for parent in event.parents:
                event.connected |= self.connected(parent)
        return event.connected

    def own(self, event: Event) -> int:
        """The bit of an event that is itself a leaf."""
        return self.reach.bits.get(id(event.value), 0)

    def _taint(self, events: Sequence[Event]) -> int:
        bits = 0
        for event in events:
            bits |= self.taint(event) if event.live else event.taint
        return bits

    def _watch_mode(self, site: Site, entering: bool = False) -> None:
        mode = torch.is_grad_enabled()
        if self._mode and not mode:
            self.off = site if entering or self._reached is None else self._reached
            if site.kind == "call" and site.names[0] in ("set_grad_enabled", "__enter__"):
                self.off = site
        elif mode:
            self.off = None
        elif self.off is None:
            self.off = site
        self._mode = mode


def describe_gradient(grad: torch.Tensor) -> Tuple[float, bool, bool]:
    """Norm, all zero, all finite."""
    if not grad.numel():
        return 0.0, True, True
    dense = grad.detach()
    dense = dense.to_dense() if dense.is_sparse else dense
    finite = bool(torch.isfinite(dense).all())
    return float(torch.linalg.vector_norm(dense.double())), not bool(dense.any()), finite


def _first(events: Sequence[Event]) -> Optional[Event]:
    return events[0] if events else None
