"""Read the place at which a gradient became zero, NaN, inf or None off a recorded backward."""

from __future__ import annotations

import torch

from .cuts import Cut, ancestors, at, unique
from .ledger import Event
from .raises import end_of, untracked
from .recorder import Recorder
from .values import tensors_in

ROUNDING = 1e-6
"""A float32 gradient smaller than this part of the one that came in is what rounding leaves of zero."""

_FILLS = frozenset("masked_fill masked_fill_ where fill_ full full_like pad pad_sequence clamp clip".split())


def find_bad_gradient(recorder: Recorder, loss: Event, bit: int, verdict: str) -> list[Cut]:
    """The operation whose output has a good gradient and whose input has a bad one: zero, non-finite or, for
    the verdict "cut", none although the graph leads there."""
    found: dict[int, Event] = {}
    unsure: dict[int, Event] = {}
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[Event, Event]] = [(loss, loss)]
    while stack:
        event, consumer = stack.pop()
        for parent in event.parents:
            if not recorder.connected(parent) & bit or (parent.number, consumer.number) in seen:
                continue
            seen.add((parent.number, consumer.number))
            state = _is_bad(recorder, parent, consumer, verdict)
            if state is None:
                if recorder.own(parent):
                    unsure[consumer.number] = parent
                stack.append((parent, consumer))
            elif state:
                found[consumer.number] = parent
            elif verdict != "nonfinite" or parent.grad is None or parent.grad[2]:
                stack.append((parent, parent))  # otherwise another use of it is what spoils its gradient
    reason = "" if loss.finite else "the loss itself is not finite"
    places = found or unsure
    return unique(_place(recorder, recorder.events[n], places[n], verdict, reason) for n in sorted(places))


def _is_bad(recorder: Recorder, event: Event, consumer: Event, verdict: str) -> bool | None:
    """Of the gradient that reaches an event by way of that consumer; None where nothing tells."""
    if event.shape is None:
        return None
    edge = (consumer.number, id(event.value if event.node is None else event.node))
    known = edge in recorder.edges
    gradient = recorder.edges[edge] if known else event.grad
    if event.node is None and not known:
        return None
    if verdict == "nonfinite":
        return gradient is not None and not gradient[2]
    if verdict == "cut":
        return gradient is None
    if event.node is not None:
        gradient = event.grad  # that of all uses together: zero too where they cancel
    if gradient is None or gradient[1]:
        return True
    passed_on = consumer.grad[0] if consumer.grad is not None else 1.0
    return gradient[0] < ROUNDING * passed_on or (None if event.node is None else False)


def _place(recorder: Recorder, event: Event, fed: Event, verdict: str, reason: str) -> Cut:
    """Where to look for a gradient that goes bad between an event and what it is made from: the operation
    itself; the `return` of a custom backward; what made the value that is not finite, and so has no finite
    gradient either; what made the zeros at which the operation is flat."""
    if verdict == "nonfinite" and (made := _first_nonfinite(event)) is not None:
        return at(made.site, verdict, reason)
    if verdict == "zero" and (made := _first_zero(fed)) is not None:
        return at(made.site, verdict, "its result is zero everywhere")
    hooks = [e for e in recorder.events if e.site.op == ".register_hook" and event in e.parents]
    if hooks and event.grad is not None:  # which was seen before the hook got it
        return at(hooks[-1].site, verdict, "what the hook returns")
    custom = getattr(event.node, "_forward_cls", None)
    if custom is not None:
        backward = f"{custom.__qualname__}.backward"
        lost = [e for e in untracked(recorder) if e.site.function == backward]
        if verdict == "cut" and lost and _differentiates(recorder, backward):
            return at(lost[-1].site, verdict, f"gradient tracking is off in `{backward}`")
        end = end_of(recorder, backward)
        if end is not None:
            return at(end, verdict, reason or f"what `{backward}` returns")
    return at(event.site, verdict, reason)


def _differentiates(recorder: Recorder, function: str) -> bool:
    """Whether a function takes gradients itself."""
    own = [s for s in recorder.sites if s is not None and s.function == function and s.kind == "call"]
    return any(s.names[:1] in (("grad",), ("backward",)) for s in own)


def _first_nonfinite(event: Event) -> Event | None:
    before = ancestors(event)
    made = [e for e in before if not e.finite and e.parents and all(p.finite for p in e.parents)]
    made = [e for e in made if not _fills(e)]
    made = made or [
        e for e in before if _has_nan(e) and e.parents and not any(_has_nan(p) for p in e.parents)
    ]
    return min(made, key=lambda e: e.number, default=None)


def _has_nan(event: Event) -> bool:
    return not event.finite and any(bool(t.detach().isnan().any()) for t in tensors_in(event.value))


def _first_zero(event: Event) -> Event | None:
    """The operation that gives nothing but zeros of values that are not all zero."""
    if not _is_zero(event):
        return None
    while (zeros := next((p for p in event.parents if _is_zero(p) and p.connected), None)) is not None:
        event = zeros
    return event if any(p.connected for p in event.parents) else None


def _is_zero(event: Event) -> bool:
    value = event.value
    if event.shape is None or event.node is None or not value.numel() or value.layout != torch.strided:
        return False
    return not bool(value.detach().any())


def _fills(event: Event) -> bool:
    return event.site.op.rpartition(".")[2] in _FILLS


def find_nonfinite_value(recorder: Recorder, loss: Event | None, fills: bool) -> list[Cut]:
    """The first operation on the way to the loss that makes NaN or inf out of finite values; those that fill
    with them (a mask of minus infinity is no fault by itself) only with `fills`."""
    for event in recorder.events if loss is None else sorted(ancestors(loss), key=lambda e: e.number):
        made_here = not event.finite and event.parents and all(p.finite for p in event.parents)
        if made_here and (fills or not _fills(event)):
            return [at(event.site, "nonfinite")]
    return []
