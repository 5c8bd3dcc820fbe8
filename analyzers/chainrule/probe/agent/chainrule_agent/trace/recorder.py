"""Record one run of an instrumented program as a graph of events: which value came from which, on which line.

An event is made for every tensor, and for every other value that depends on a source (a leaf that should
receive gradient). `taint` says which sources the value depends on; `connected` which of them autograd can
still reach.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.nn.modules.module import register_module_forward_hook

from .derivation import Derivation, Frame, first
from .ledger import Event
from .sites import Site
from .values import SHARED, inside, is_container, tensors_in

LIMIT = 100_000
"""Events in one trace; a longer run is followed up to there."""


class HookedFrame(Frame):
    """The hooks of one call of one function."""

    __slots__ = ("recorder",)

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def __call__(self, number: int, value: Any) -> Any:
        if self.recorder.active:
            self.recorder.visit(self, number, value)
        return value

    def iterate(self, number: int, value: Any) -> Any:
        return self.recorder.iterate(self, number, value) if self.recorder.active else value


class Recorder(Derivation):
    """The hooks of an instrumented program. Switch it on with `start`, off with `stop`."""

    def __init__(self, sites: Sequence[Site | None]) -> None:
        super().__init__()
        self.sites = sites
        self.active = False
        self.ran: set[int] = set()
        """The sites that were reached."""
        self.globals = HookedFrame(self)
        self._mode = True
        self._reached: Site | None = None
        self._modules_end: Any = None
        self._off_around: dict[str, Site | None] = {}
        """By function: what had switched gradient tracking off when it was called last."""

    def start(self, off: Site | None = None) -> None:
        """`off` is what switched gradient tracking off for the run that begins."""
        self._mode = torch.is_grad_enabled() and off is None
        self.off = off
        self.active = True
        self._modules_end = register_module_forward_hook(self._module_ended)

    def stop(self) -> None:
        self.active = False
        if self._modules_end is not None:
            self._modules_end.remove()

    def _module_ended(self, module: torch.nn.Module, inputs: Any, output: Any) -> None:
        """What a layer gives while gradients are off is made of its parameters, though no graph shows it:
        hooks of the user's may keep it."""
        reached, frame = self._reached, sys._getframe(1)
        if torch.is_grad_enabled() or reached is None or not isinstance(output, torch.Tensor):
            return
        own, known = self.module_event(module), self.registered(output)
        if known is not None and own is not None:
            known.parents.append(own)
            known.taint |= own.taint
            return
        while frame is not None and frame.f_code.co_filename != reached.path:
            frame = frame.f_back  # type: ignore[assignment]
        given = [e for e in map(self.registered, tensors_in(inputs)) if e is not None]
        if known is None and frame is not None and (own is not None or given):
            site = Site("call", reached.path, frame.f_lineno, 1, type(module).__name__)
            self.new(site, [own, *given] if own is not None else given, output)

    def enter(self, number: int) -> HookedFrame:
        frame = HookedFrame(self)
        if self.active and (site := self.sites[number]) is not None:
            self._watch_mode(site, entering=True)
            variables = sys._getframe(1).f_locals
            for name in site.names:
                value = variables.get(name)
                event = self.lookup(value)
                if event is None and isinstance(value, torch.Tensor):
                    event = self.new(site, [], value)
                if event is not None and event.site.kind == "data":
                    event.site = site
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
        self.ran.add(number)
        self._watch_mode(site)
        event = self.event(frame, site, number, value)
        if site.kind == "call":
            self.note_edits(site, self.parents(frame, site))
            self.note_arguments(site, self.parents(frame, site))
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
        parents = self.parents(frame, site)
        elements = frame.elements
        if site.owner is not None:
            elements[site.owner] = []
        whole = self.registered(value)
        if site.op == "for" and whole is not None:
            parents = [whole]

        def items() -> Iterator[Any]:
            for item in value:
                if self.active:
                    self._item(frame, site, number, parents, item)
                yield item

        return items()

    def _item(self, frame: Frame, site: Site, number: int, parents: list[Event], item: Any) -> None:
        if site.op in ("zip", "enumerate") and isinstance(item, tuple):
            offset = 1 if site.op == "enumerate" else 0
            by_child = [frame.values.get(c, (None, None, 0))[0] for c in site.children]
            for at, part in enumerate(item):
                source = by_child[at - offset] if 0 <= at - offset < len(by_child) else None
                if source is not None:
                    self._inherit(site, [source], part)
        else:
            self._inherit(site, parents, item)
        frame.values[number] = (self.lookup(item) or first(parents), item, self._clock)

    def _inherit(self, site: Site, parents: list[Event], item: Any) -> None:
        if isinstance(item, SHARED) or self.registered(item) is not None:
            return
        if is_container(item):
            for part in inside(item, depth=2):
                if not is_container(part):
                    self._inherit(site, parents, part)
        elif self.taint_of(parents) or isinstance(item, torch.Tensor):
            self.new(site, parents, item)

    def _watch_mode(self, site: Site, entering: bool = False) -> None:
        mode = torch.is_grad_enabled()
        around = None if entering else self._off_around.get(site.function)
        if self._mode and not mode and around is not None:
            self.off = around  # only meanwhile was it on
        elif self._mode and not mode:
            self.off = site if entering or self._reached is None else self._reached
            if site.kind == "call" and site.names[0] in ("set_grad_enabled", "__enter__"):
                self.off = site
        elif mode:
            self.off = None
        elif self.off is None:
            self.off = site
        if entering:
            self._off_around[site.function] = self.off
        self._mode = mode
