"""From torch's own complaint to inputs that torch would accept: one rule per message."""

from __future__ import annotations

import re
from typing import Callable, Iterator, List, Match, Optional, Sequence, Tuple

from .failures import Failure
from .roles import with_rank
from .specs import Candidate, MappingSpec, NetSpec, SequenceSpec, TensorSpec, ValueSpec

Rule = Tuple["re.Pattern[str]", Callable[[Candidate, Failure, "Match[str]"], Iterator[Candidate]]]


def repairs(candidate: Candidate, failure: Failure) -> Iterator[Tuple[int, Candidate]]:
    """Changed candidates, the likeliest first, each with what it costs to believe in it; the failed one stays as it is."""
    place = 0
    for pattern, rule in RULES:
        match = pattern.search(failure.text)
        if match is not None:
            for repaired in rule(candidate, failure, match):
                yield 1 + place // 2, repaired
                place += 1
    for place, repaired in enumerate(_shake(candidate, failure), place):
        yield 5 + place // 2, repaired


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


def _set_kind(kind: str, prefer: Sequence[str] = (), last_first: bool = False) -> Callable[..., Iterator[Candidate]]:
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


def _replace_size(candidate: Candidate, failure: Failure, old: int, new: int) -> Iterator[Candidate]:
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


def _matmul(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
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
    yield from _replace_size(candidate, failure, inner, wanted)
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
    yield from _replace_size(candidate, failure, wanted, inner)
    yield from _replace_size(candidate, failure, rows, wanted)


def _unify(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """Two sizes that must be equal: either becomes the other; else all tensors get one shape."""
    first, second = int(match.group(1)), int(match.group(2))
    at = int(match.group(3)) if match.re.groups > 2 and match.group(3) else None
    for old, new in ((first, second), (second, first)):
        for path in _suspects(candidate, failure):
            if at is not None:
                yield from _edit(candidate, path, lambda spec: _resize(spec, old, new, at))
            yield from _edit(candidate, path, lambda spec: _resize(spec, old, new))
    yield from _same_shape(candidate, failure, match)
    yield from _add_axis(candidate, failure)
    yield from _replace_size(candidate, failure, first, second)
    yield from _replace_size(candidate, failure, second, first)


def _same_shape(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    leaves = [s for _, s in candidate.leaves()]
    paths = _suspects(candidate, failure)
    for model in leaves[:2]:
        for path in reversed(paths):
            yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", list(model.shape)))
            yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", list(model.shape[:1])))


def _add_axis(candidate: Candidate, failure: Failure) -> Iterator[Candidate]:
    for path in _suspects(candidate, failure):
        yield from _edit(candidate, path, lambda spec: spec.shape.append(1))


def _batch(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    given, target = int(match.group(1)), int(match.group(2))
    for path in _suspects(candidate, failure, ("target",)):
        yield from _edit(candidate, path, lambda spec: _resize(spec, target, given, 0))
    yield from _replace_size(candidate, failure, given, target)
    for path in _suspects(candidate, failure, ("target",)):
        yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", [given]))


def _rank(up: int) -> Callable[..., Iterator[Candidate]]:
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


def _to_rank(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
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


def _unpack(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    """`not enough values to unpack (expected 4, got 2)`: a shape, or a tuple of tensors."""
    wanted = int(match.group(1))
    yield from _to_rank(candidate, failure, match)
    for name in [*failure.suspects, *candidate.arguments]:
        spec = candidate.arguments.get(name)
        if isinstance(spec, TensorSpec):
            done = candidate.copy()
            done.arguments[name] = SequenceSpec([TensorSpec(spec.kind, list(spec.shape), spec.high) for _ in range(wanted)], True)
            yield done


def _channels(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
    wanted, given = int(match.group(1)), int(match.group(2))
    for path in _suspects(candidate, failure, ("input",)):
        yield from _edit(candidate, path, lambda spec: _resize(spec, given, wanted, 1))
        break
    yield from _everywhere(candidate, given, wanted, 1)
    yield from _replace_size(candidate, failure, given, wanted)


def _lower_high(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    paths = [p for p, s in candidate.leaves() if s.kind == "long"]
    for high in (3, 2, 1):
        done = candidate.copy()
        for path, spec in done.leaves():
            if path in paths:
                spec.high = min(spec.high, high)
        if done.text() != candidate.text():
            yield done


def _to_model(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    for name in [*failure.suspects, *candidate.arguments]:
        spec = candidate.arguments.get(name)
        if isinstance(spec, (TensorSpec, ValueSpec)):
            done = candidate.copy()
            width = spec.shape[-1] if isinstance(spec, TensorSpec) and spec.shape else 5
            done.arguments[name] = NetSpec(width, width)
            yield done


def _to_value(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A tensor where Python wants a number."""
    for name in [*failure.suspects, *candidate.arguments]:
        if isinstance(candidate.arguments.get(name), TensorSpec):
            for text in ("2", "0.5", "'mean'"):
                done = candidate.copy()
                done.arguments[name] = ValueSpec(text)
                yield done


def _to_tensor(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A number, None or an object where a tensor is wanted."""
    shapes = [s.shape for _, s in candidate.leaves()] or [[4, 5]]
    for name in [*failure.suspects, *candidate.arguments]:
        spec = candidate.arguments.get(name)
        if isinstance(spec, (ValueSpec, NetSpec, MappingSpec)):
            done = candidate.copy()
            done.arguments[name] = TensorSpec("float", list(shapes[0]))
            yield done


def _to_list(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    for path in _suspects(candidate, failure):
        spec = dict(candidate.leaves())[path]
        for count, drop in ((3, 0), (spec.shape[0] if spec.shape else 2, 1)):
            items = [TensorSpec(spec.kind, list(spec.shape[drop:]), spec.high) for _ in range(min(count, 8))]
            yield candidate.with_node(path, SequenceSpec([*items]))


def _with_key(candidate: Candidate, failure: Failure, match: "Match[str]") -> Iterator[Candidate]:
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


def _shake(candidate: Candidate, failure: Failure) -> Iterator[Candidate]:
    """Where no message helps: other values for constructor and plain arguments, other kinds and ranks for tensors."""
    for path, spec in sorted(candidate.nodes(), key=lambda pair: not pair[0].startswith("new.")):
        for other in spec.others[:6] if isinstance(spec, ValueSpec) else []:
            yield candidate.with_node(path, ValueSpec(other, [o for o in spec.others if o != other]))
    for path in _suspects(candidate, failure)[:3]:
        for kind in ("unit", "long", "bool"):
            yield from _edit(candidate, path, lambda spec: setattr(spec, "kind", kind))
    for path in _suspects(candidate, failure)[:3]:
        for rank in (1, 2, 3, 4):
            yield from _edit(candidate, path, lambda spec: setattr(spec, "shape", with_rank(spec, rank).shape))


def _class_target(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A target of cross_entropy that is neither class indices nor probabilities."""
    paths = [path for path, _ in candidate.leaves()]
    batches = [spec.shape[:1] for _, spec in candidate.leaves() if spec.shape]
    for path in _suspects(candidate, failure, ("target",))[:1] + paths[::-1]:
        for batch in batches[:1]:
            yield candidate.with_node(path, TensorSpec("long", list(batch), 3))


def _constructor_sizes(candidate: Candidate, failure: Failure, match: object) -> Iterator[Candidate]:
    """A constructor that wants whole numbers."""
    done = candidate.copy()
    for path, spec in candidate.nodes():
        if isinstance(spec, ValueSpec) and spec.value == "0.5":
            yield candidate.with_node(path, ValueSpec("4"))
            done = done.with_node(path, ValueSpec("4"))
    yield done


def _rule(pattern: str, *rules: Callable[..., Iterator[Candidate]]) -> List[Rule]:
    return [(re.compile(pattern), rule) for rule in rules]


RULES: List[Rule] = [
    *_rule(r"shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x\d+\)", _matmul),
    *_rule(r"size mismatch, got input \((\d+)\), mat \(\d+x(\d+)\), vec \((\d+)\)", _unify),
    *_rule(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)", _unify),
    *_rule(r"Expected size for first two dimensions of batch2 tensor to be: \[(\d+), \d+\] but got: \[(\d+)", _unify),
    *_rule(r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)", _batch),
    *_rule(r"Expected target size \[(\d+), \d+\], got \[(\d+)", _unify),
    *_rule(r"Expected size (\d+) but got size (\d+) for tensor number", _unify),
    *_rule(r"stack expects each tensor to be equal size, but got \[(?:\d+, )*(\d+)\] at entry 0 and \[(?:\d+, )*(\d+)\]", _unify),
    *_rule(r"shape of the mask \[(\d+).*does not match the shape of the indexed tensor \[(\d+)", _unify),
    *_rule(r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]", _unify),
    *_rule(r"The expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)", _unify),
    *_rule(r"subscript \w+ has size (\d+) for operand \d+ which does not broadcast with previously seen size (\d+)", _unify),
    *_rule(r"operands do not broadcast with remapped shapes .*?(\d+)\].*?(\d+)\]", _unify),
    *_rule(r"Using a target size .*?(\d+)\]\).*?(\d+)\]\)", _same_shape),
    *_rule(r"to have (\d+) channels, but got (\d+) channels", _channels),
    *_rule(r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)", _channels),
    *_rule(r"Given normalized_shape=\[(\d+)\], .*?(\d+)\]$", _channels),
    *_rule(r"running_mean should contain (\d+) elements not (\d+)", lambda c, f, m: _replace_size(c, f, int(m[1]), int(m[2]))),
    *_rule(r"only applicable to index tensor|used as indices must be|Expected dtype int32/int64|[Ee]xpected dtype int|expected scalar type Long"
           r"|following scalar types: Long, Int|can only be applied to .*int|nll_loss_forward.*not implemented for 'Float'|must be integer"
           r"|Expected object of scalar type Long|only supports? integer|\"bincount\"", _set_kind("long", ("target", "index", "indices", "tensor", "input"), True)),
    *_rule(r"expected scalar type (Float|Double)|not implemented for '(Long|Bool|Int)'|could not infer output dtype|Expected floating point"
           r"|must be either a floating point or complex|with a bool tensor is not supported|Found dtype Long|dtype.*Long.*expected.*Float"
           r"|only Tensors of floating point|result type Float can't be cast|Expected all.*float|value cannot be converted to type (u?int|bool)",
           _set_kind("unit")),
    *_rule(r"all elements of (input|target) should be between 0 and 1|constraint (Simplex|UnitInterval|GreaterThan|Interval)|to satisfy the constraint",
           _set_kind("unit", ("input", "probs", "target"))),
    *_rule(r"[Ee]xpected (?:a )?(?:\d\w* \(?or |all )?(\d)-?D", _to_rank),
    *_rule(r"(?:must be|expects?|requires?|be) (?:a |an )?(\d)-?[Dd](?:im)? ?", _to_rank),
    *_rule(r"\d+D \(unbatched\) or (\d)D \(batched\)", _to_rank),
    *_rule(r"Input dimension should be at least (\d)", _to_rank),
    *_rule(r"not enough values to unpack \(expected (\d+)", _unpack),
    *_rule(r"too many values to unpack \(expected (\d+)", _unpack),
    *_rule(r"number of dimensions in the tensor input does not match .* desired ordering of dimensions .*length\(dims\) = (\d+)", _to_rank),
    *_rule(r"number of subscripts in the equation \((\d+)\)", _to_rank),
    *_rule(r"Dimension out of range|too many indices|dimension specified as|IndexError: tuple index|tuple index out of range|at least \d+ dimension"
           r"|invalid dimensions|must have at least|0-d tensor|zero-dimensional tensor", _rank(1)),
    *_rule(r"1D tensors expected|vector|expected 1D|must be 1|multi-target not supported|should be scalar|only one element", _rank(-1)),
    *_rule(r"out of bounds|out of range in self|Class values must be (smaller|less)", _lower_high),
    *_rule(r"object is not callable|has no attribute '(parameters|forward|train|eval|modules|named_parameters)'", _to_model),
    *_rule(r"Boolean value of Tensor|cannot be interpreted as an integer|must be (?:int|float|Number|real number|bool|tuple of ints), not Tensor"
           r"|converted to a? ?(?:Python )?[Ss]calar|cannot be converted to Scalar|is not a valid value for reduction|expected .* but got Tensor"
           r"|must be tuple of ints|unhashable", _to_value),
    *_rule(r"'(?:float|int|str|NoneType|Linear|SimpleNamespace|dict|bool)' object (?:has no attribute|is not (?:subscriptable|iterable|callable))"
           r"|must be Tensor, not|argument 'input' .*must be Tensor|has no len", _to_tensor),
    *_rule(r"expected Tensor as element|must be tuple of Tensors|is not a sequence|expected a (?:non-empty )?list of Tensors", _to_list),
    *_rule(r"^'(\w+)'$|has no attribute '(\w+)'", _with_key),
    *_rule(r"shape '\[.*\]' is invalid|cannot reshape", _rank(1), _rank(-1)),
    *_rule(r"multi-target not supported|0D or 1D target", _class_target),
    *_rule(r"inconsistent (?:input|hidden)_size: got (\d+),? expected (\d+)", lambda c, f, m: _replace_size(c, f, int(m[1]), int(m[2])), _rank(1)),
    *_rule(r"must be tuple of ints, but found element of type float|'float' object cannot be interpreted", _constructor_sizes),
    *_rule(r"Boolean value of Tensor", _rank(-1)),
    *_rule(r"[Ii]ndex is supposed to be a vector|source tensor shape must match", _rank(-1)),
    *_rule(r"not divisible|must be divisible|should be even", lambda c, f, m: _replace_size(c, f, 5, 4)),
    *_rule(r"Kernel size can't be greater|Padding size should be less|Output size is too small|output size.*too small",
           lambda c, f, m: _bigger(c)),
]  # fmt: skip


def _bigger(candidate: Candidate) -> Iterator[Candidate]:
    """More pixels."""
    for factor in (2, 4, 8):
        done = candidate.copy()
        for _, spec in done.leaves():
            if len(spec.shape) > 2:
                spec.shape = [*spec.shape[:-2], spec.shape[-2] * factor, spec.shape[-1] * factor]
        yield done
