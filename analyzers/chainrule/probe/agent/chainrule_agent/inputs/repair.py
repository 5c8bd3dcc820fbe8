"""From torch's own complaint to inputs that torch would accept: one rule per message."""

from __future__ import annotations

import re
from typing import Callable, Iterator, List, Match, Optional, Sequence

from .failures import Failure
from .roles import SCENARIOS, constructor_value, with_rank
from .specs import Candidate, MappingSpec, NetSpec, SequenceSpec, TensorSpec, ValueSpec


# -- edits -----------------------------------------------------------------------------------------


def _edit(candidate: Candidate, path: str, change: Callable[[TensorSpec], None]) -> Iterator[Candidate]:
    """A copy with one tensor changed (with its siblings of the same list), where that changes anything."""
    done = candidate.copy()
    family = re.sub(r"\.\d+", ".*", path)
    for at, spec in done.leaves():
        if re.sub(r"\.\d+", ".*", at) == family:
            change(spec)
    if done.text() != candidate.text():
        yield done


def _suspects(candidate: Candidate, failure: Failure, prefer: Sequence[str] = ()) -> List[str]:
    paths = [path for path, _ in candidate.leaves()]
    first = [s for s, name in zip(failure.suspects, failure.library) if name in prefer and s in paths]
    rest = [s for s in failure.suspects if s in paths and s not in first]
    return [*first, *rest, *(p for p in paths if p not in first and p not in rest)]


def set_kind(kind: str, prefer: Sequence[str] = (), last_first: bool = False) -> Callable[..., Iterator[Candidate]]:
    def rule(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
        paths = _suspects(candidate, failure, prefer)
        if last_first and not any(n in prefer for n in failure.library):
            paths = paths[::-1]
        for path in paths:
            yield from _edit(candidate, path, lambda spec: setattr(spec, "kind", kind))

    return rule


def _resize(spec: TensorSpec, old: int, new: int, at: Optional[int] = None) -> None:
    places = [i for i, size in enumerate(spec.shape) if size == old]
    if at is not None and at in places:
        places = [at]
    for place in places[-1:] if at is None else places:
        spec.shape[place] = new


def replace_size(candidate: Candidate, failure: Failure, old: int, new: int) -> Iterator[Candidate]:
    yield from _everywhere(candidate, old, new)
    for path in _suspects(candidate, failure):
        yield from _edit(candidate, path, lambda spec: _resize(spec, old, new))
    done = candidate.copy()
    for net in done.nets():
        if net.outputs == old:
            net.outputs = new
    if done.text() != candidate.text():
        yield done


def _everywhere(candidate: Candidate, old: int, new: int, at: Optional[int] = None) -> Iterator[Candidate]:
    """One size of all tensors, at one place if it is known."""
    done = candidate.copy()
    for _, spec in done.leaves():
        _resize(spec, old, new, at)
    if done.text() != candidate.text():
        yield done


# -- rules -----------------------------------------------------------------------------------------


def matmul(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """`mat1 and mat2 shapes cannot be multiplied (4x5 and 3x2)`: the first has the wrong last dimension."""
    rows, inner, wanted = (int(match.group(n)) for n in (1, 2, 3))
    if candidate.nets():
        done = candidate.copy()
        for net in done.nets():
            if net.inputs == wanted:
                net.inputs = inner
        yield done
    for path, spec in candidate.leaves():
        if spec.shape and spec.shape[-1] == inner:
            yield from _edit(candidate, path, lambda s: _resize(s, inner, wanted, len(s.shape) - 1))
    yield from replace_size(candidate, failure, inner, wanted)
    side = (wanted / inner) ** 0.5
    done = candidate.copy()
    for _, spec in done.leaves():
        if len(spec.shape) >= 3 and (spec.shape[-1] * side).is_integer():
            spec.shape = [*spec.shape[:-2], int(spec.shape[-2] * side), int(spec.shape[-1] * side)]
    if done.text() != candidate.text():
        yield done
    for path in _suspects(candidate, failure):
        def flat(spec: TensorSpec) -> None:
            size = 1
            for part in spec.shape[1:]:
                size *= part
            if size == inner:
                spec.shape = [spec.shape[0], wanted]
        yield from _edit(candidate, path, flat)
    yield from replace_size(candidate, failure, wanted, inner)
    yield from replace_size(candidate, failure, rows, wanted)


def unify(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """Two sizes that must be equal: either becomes the other; else all tensors get one shape."""
    first, second = int(match.group(1)), int(match.group(2))
    at = int(match.group(3)) if match.re.groups > 2 and match.group(3) else None
    for old, new in ((first, second), (second, first)):
        for path in _suspects(candidate, failure):
            if at is not None:
                yield from _edit(candidate, path, lambda spec: _resize(spec, old, new, at))
            yield from _edit(candidate, path, lambda spec: _resize(spec, old, new))
    yield from same_shape(candidate, failure, match)
    yield from _add_axis(candidate, failure)
    yield from replace_size(candidate, failure, first, second)
    yield from replace_size(candidate, failure, second, first)


def same_shape(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    leaves = [s for _, s in candidate.leaves()]
    paths = _suspects(candidate, failure)
    for model in leaves[:2]:
        for path in reversed(paths):
            yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", list(model.shape)))
            yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", list(model.shape[:1])))


def _add_axis(candidate: Candidate, failure: Failure) -> Iterator[Candidate]:
    for path in _suspects(candidate, failure):
        yield from _edit(candidate, path, lambda spec: spec.shape.append(1))


def batch(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    given, target = int(match.group(1)), int(match.group(2))
    for path in _suspects(candidate, failure, ("target",)):
        yield from _edit(candidate, path, lambda spec: _resize(spec, target, given, 0))
    yield from replace_size(candidate, failure, given, target)
    for path in _suspects(candidate, failure, ("target",)):
        yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", [given]))


def rank(up: int) -> Callable[..., Iterator[Candidate]]:
    def rule(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
        for path in _suspects(candidate, failure):
            for step in (up, 2 * up):
                def change(spec: TensorSpec, step: int = step) -> None:
                    rank = len(spec.shape) + step
                    if 0 <= rank <= 5:
                        spec.shape = _grown(spec.shape, rank)
                yield from _edit(candidate, path, change)
        done = candidate.copy()
        for _, spec in done.leaves():
            spec.shape = with_rank(spec, min(5, max(0, len(spec.shape) + up))).shape
        yield done

    return rule


def _grown(shape: List[int], rank: int) -> List[int]:
    """Keep the sizes that are known: new dimensions go between the first and the last."""
    if rank <= len(shape):
        return shape[: rank - 1] + shape[-1:] if rank else []
    if not shape:
        return [4] * rank
    return [*shape[:1], *([6, 8, 8, 8][: rank - len(shape)]), *shape[1:]] if len(shape) > 1 else [*shape, 5, 8, 8, 8][:rank]


def to_rank(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """The message names the rank that is wanted."""
    wanted = int(match.group(1))
    for path in _suspects(candidate, failure):
        yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", with_rank(spec, wanted).shape))
        yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", _grown(spec.shape, wanted)))
    done = candidate.copy()
    for _, spec in done.leaves():
        if spec.kind != "long":
            spec.shape = with_rank(spec, wanted).shape
    yield done


def unpack(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """`not enough values to unpack (expected 4, got 2)`: a shape, or a tuple of tensors."""
    wanted = int(match.group(1))
    yield from to_rank(candidate, failure, match)
    for name in [*failure.suspects, *candidate.arguments]:
        spec = candidate.arguments.get(name)
        if isinstance(spec, TensorSpec):
            done = candidate.copy()
            done.arguments[name] = SequenceSpec([TensorSpec(spec.kind, list(spec.shape), spec.high) for _ in range(wanted)], True)
            yield done


def channels(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    wanted, given = int(match.group(1)), int(match.group(2))
    for path in _suspects(candidate, failure, ("input",)):
        yield from _edit(candidate, path, lambda spec: _resize(spec, given, wanted, 1))
        break
    yield from _everywhere(candidate, given, wanted, 1)
    yield from replace_size(candidate, failure, given, wanted)


def lower_high(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    paths = [p for p, s in candidate.leaves() if s.kind == "long"]
    for high in (3, 2, 1):
        done = candidate.copy()
        for path, spec in done.leaves():
            if path in paths:
                spec.high = min(spec.high, high)
        if done.text() != candidate.text():
            yield done


def to_model(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    for name in [*failure.suspects, *candidate.arguments]:
        spec = candidate.arguments.get(name)
        if isinstance(spec, (TensorSpec, ValueSpec)):
            done = candidate.copy()
            width = spec.shape[-1] if isinstance(spec, TensorSpec) and spec.shape else 5
            done.arguments[name] = NetSpec(width, width)
            yield done


def to_value(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A tensor where Python wants a number."""
    for name in [*failure.suspects, *candidate.arguments]:
        if isinstance(candidate.arguments.get(name), TensorSpec):
            for text in ("2", "0.5", "'mean'"):
                done = candidate.copy()
                done.arguments[name] = ValueSpec(text)
                yield done


def to_tensor(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A number, None or an object where a tensor is wanted."""
    shapes = [s.shape for _, s in candidate.leaves()] or [[4, 5]]
    for name in [*failure.suspects, *candidate.arguments]:
        spec = candidate.arguments.get(name)
        if isinstance(spec, (ValueSpec, NetSpec, MappingSpec)):
            done = candidate.copy()
            done.arguments[name] = TensorSpec("float", list(shapes[0]))
            yield done


def give_optional(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """None came from a default: give the parameters that default to None a value, those of the raising line first."""
    told = failure.text + " " + failure.source
    names = sorted(candidate.optional, key=lambda n: not re.search(rf"\b{n.rpartition('.')[2]}\b", told))
    for name in names:
        yield candidate.with_optional(name)


def missing(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """Arguments that a signature hides behind `**kwargs`."""
    done = candidate.copy()
    names = re.findall(r"'(\w+)'", failure.text)
    holder = done.constructor if "__init__" in failure.text and done.constructor is not None else done.arguments
    for name in names:
        holder.setdefault(name, constructor_value(name, SCENARIOS[4]))
    yield done


def to_none(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """An argument that the loss does not want."""
    named = [g for g in match.groups() if g] if match.groups() else []
    done = candidate.copy()
    for name in list(candidate.arguments)[1:]:
        if name in named:
            yield candidate.with_node(name, ValueSpec("None"))
    for name in list(candidate.arguments)[2:]:
        done.arguments[name] = ValueSpec("None")
    yield done


def to_list(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    for path in _suspects(candidate, failure):
        spec = dict(candidate.leaves())[path]
        for count, drop in ((3, 0), (spec.shape[0] if spec.shape else 2, 1)):
            items = [TensorSpec(spec.kind, list(spec.shape[drop:]), spec.high) for _ in range(min(count, 8))]
            yield candidate.with_node(path, SequenceSpec([*items]))


def with_key(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    key = match.group(1)
    shapes = [s.shape for _, s in candidate.leaves()] or [[4, 5]]
    for name in [*failure.suspects, *candidate.arguments]:
        spec = candidate.arguments.get(name)
        if isinstance(spec, MappingSpec) and key not in spec.items:
            done = candidate.copy()
            target = done.arguments[name]
            assert isinstance(target, MappingSpec)
            target.items[key] = TensorSpec("float", list(shapes[0]))
            yield done


def shake(candidate: Candidate, failure: Failure) -> Iterator[Candidate]:
    """Where no message helps: other values for constructor and plain arguments, other kinds and ranks for tensors."""
    for path, spec in sorted(candidate.nodes(), key=lambda pair: not pair[0].startswith("new.")):
        for other in spec.others[:6] if isinstance(spec, ValueSpec) else []:
            yield candidate.with_node(path, ValueSpec(other, [o for o in spec.others if o != other]))
    for name in list(candidate.arguments)[:1:-1]:
        if not isinstance(candidate.arguments[name], ValueSpec):
            yield candidate.with_node(name, ValueSpec("None"))
    for path in _suspects(candidate, failure)[:3]:
        for kind in ("unit", "long", "bool"):
            yield from _edit(candidate, path, lambda spec: setattr(spec, "kind", kind))
    for path in _suspects(candidate, failure)[:3]:
        for rank in (1, 2, 3, 4):
            yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", with_rank(spec, rank).shape))


def class_target(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A target of cross_entropy that is neither class indices nor probabilities."""
    paths = [path for path, _ in candidate.leaves()]
    batches = [spec.shape[:1] for _, spec in candidate.leaves() if spec.shape]
    for path in _suspects(candidate, failure, ("target",))[:1] + paths[::-1]:
        for batch in batches[:1]:
            yield candidate.with_node(path, TensorSpec("long", list(batch), 3))


def constructor_sizes(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A constructor that wants whole numbers."""
    done = candidate.copy()
    for path, spec in candidate.nodes():
        if isinstance(spec, ValueSpec) and spec.value == "0.5":
            yield candidate.with_node(path, ValueSpec("4"))
            done = done.with_node(path, ValueSpec("4"))
    yield done




def at_least(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """Images that must have some size."""
    side = int(next(g for g in match.groups() if g)) + 1
    done = candidate.copy()
    for _, spec in done.leaves():
        if len(spec.shape) >= 2:
            lead = [1, *spec.shape[1:-2]] if side > 40 and len(spec.shape) > 2 else spec.shape[:-2]
            spec.shape = [*lead, max(side, spec.shape[-2]), max(side, spec.shape[-1])]
        elif spec.shape:
            spec.shape = [max(side, spec.shape[0])]
    yield done


def all_unit(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    done = candidate.copy()
    for _, spec in done.leaves():
        if spec.kind == "float":
            spec.kind = "unit"
    yield done


def to_any_rank(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    wanted = int(next(g for g in match.groups() if g))
    yield from all_rank(candidate, wanted)
    for path in _suspects(candidate, failure):
        yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", with_rank(spec, wanted).shape))


def all_rank(candidate: Candidate, rank: int) -> Iterator[Candidate]:
    done = candidate.copy()
    for _, spec in done.leaves():
        if spec.kind != "long":
            spec.shape = with_rank(spec, rank).shape
    yield done


def bigger(candidate: Candidate) -> Iterator[Candidate]:
    """More pixels."""
    for factor in (2, 4, 8):
        done = candidate.copy()
        for _, spec in done.leaves():
            if len(spec.shape) > 2:
                spec.shape = [*spec.shape[:-2], spec.shape[-2] * factor, spec.shape[-1] * factor]
        yield done
