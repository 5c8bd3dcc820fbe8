"""First guesses: what a parameter is by its name, its hints and its annotation, in one of a few usual
scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .hints import Hints
from .names import (
    BOXES,
    CLASSES,
    FLOATS,
    IMAGES,
    INTEGERS,
    LOSSES,
    MASKS,
    MODELS,
    NUMBERS,
    PREDICTIONS,
    TARGETS,
    UNIT,
    VECTOR,
)
from .scenarios import Scenario
from .specs import MappingSpec, NetSpec, SequenceSpec, Spec, TensorSpec, ValueSpec

_TENSOR_TEXT = re.compile(r"\b(Tensor|FloatTensor|LongTensor|BoolTensor|Array)\b")


def guess(
    name: str,
    hints: Hints,
    annotation: str,
    scenario: Scenario,
    known: Mapping[str, tuple[str, ...]],
    constructing: bool,
) -> Spec:
    """The first guess for one parameter. `known` are the classes of the file with their constructor's
    parameters."""
    if hints.options:
        first, *rest = hints.options
        return ValueSpec(first, rest)
    stated = _annotated(name, hints, annotation, scenario, known, constructing)
    if stated is not None:
        return stated
    if LOSSES.search(name):
        return ValueSpec(
            "torch.nn.MSELoss()", ["torch.nn.CrossEntropyLoss()", "torch.nn.L1Loss(reduction='none')"]
        )
    if hints.called or MODELS.search(name):
        return network(scenario)
    if hints.attributes and not hints.listed:
        return _object(hints, scenario, known, constructing)
    if hints.keys:
        inner = {key: guess(key, hints.part(key), "", scenario, known, False) for key in hints.keys}
        return MappingSpec(inner)
    if hints.unpacked:
        return SequenceSpec(
            [guess(n, hints.part(n), "", scenario, known, False) for n in hints.unpacked], True
        )
    if hints.pairs:
        pair = [guess(n, hints.part(n), "", scenario, known, False) for n in hints.pairs]
        return SequenceSpec([SequenceSpec(pair, True) for _ in range(3)])
    if constructing:
        return constructor_value(name, scenario)
    if hints.listed and not hints.tensor and not hints.rank:
        single = Hints(long=hints.long, class_index=hints.class_index)
        return SequenceSpec([tensor(name, single, scenario) for _ in range(3)])
    if hints.integer:
        return ValueSpec("3", ["1"])
    if _is_number(name, hints):
        return number(name)
    return tensor(name, hints, scenario)


def network(scenario: Scenario) -> NetSpec:
    width = scenario.pred[-1] if scenario.pred else 1
    return NetSpec(width, width)


def _annotated(
    name: str,
    hints: Hints,
    annotation: str,
    scenario: Scenario,
    known: Mapping[str, tuple[str, ...]],
    constructing: bool,
) -> Spec | None:
    text = (
        re.sub(r"Optional\[(.*)\]", r"\1", annotation)
        .replace("torch.", "")
        .replace("typing.", "")
        .strip("'\" ")
    )
    text = re.sub(r"\s*\|\s*None\b", "", text)
    if not text or text == "Any":
        return None
    several = re.match(r"(?:List|list|Sequence|Iterable|Tuple|tuple)\[(.*)\]$", text)
    if several and _TENSOR_TEXT.search(text):
        parts = [p for p in several.group(1).split(",") if p.strip() not in ("...", "")]
        count = len(parts) if len(parts) > 1 else 3
        return SequenceSpec(
            [tensor(name, Hints(), scenario) for _ in range(count)], text.lower().startswith("tuple")
        )
    if re.match(r"(Dict|dict|Mapping)\b", text) and hints.keys:
        return None
    if _TENSOR_TEXT.search(text):
        hints.long = hints.long or "LongTensor" in text
        hints.boolean = hints.boolean or "BoolTensor" in text
        return None if hints.keys or hints.unpacked or hints.pairs else tensor(name, hints, scenario)
    plain = {"int": number(name, True), "float": number(name), "bool": ValueSpec("True"), "str": string(name)}
    if text in plain:
        return plain[text]
    if re.fullmatch(r"(nn\.)?Module|Callable(\[.*\])?", text):
        if LOSSES.search(name):
            return ValueSpec("torch.nn.MSELoss()", ["torch.nn.CrossEntropyLoss()"])
        return network(scenario)
    if text in known:
        return ValueSpec(f"{text}()") if not known[text] else _construct(text, known, scenario)
    return None


def _construct(owner: str, known: Mapping[str, tuple[str, ...]], scenario: Scenario) -> ValueSpec:
    arguments = ", ".join(f"{n}={constructor_value(n, scenario).text()}" for n in known[owner])
    return ValueSpec(f"{owner}({arguments})")


def _object(
    hints: Hints, scenario: Scenario, known: Mapping[str, tuple[str, ...]], constructing: bool
) -> Spec:
    for owner, parameters in known.items():
        if (
            owner.endswith(("Config", "Args", "Options", "Params", "Cfg", "Settings", "Batch", "Opt"))
            and not parameters
        ):
            return ValueSpec(f"{owner}()")
    inner: dict[str, Spec] = {}
    for name in hints.attributes:
        if constructing:
            inner[name] = constructor_value(name, scenario)
        else:
            inner[name] = guess(name, hints.part(name), "", scenario, known, False)
    return MappingSpec(inner, attributes=True)


def constructor_value(name: str, scenario: Scenario) -> Spec:
    """A constructor's argument: mostly numbers, sometimes a model or a tensor of weights."""
    if LOSSES.search(name) or name == "loss":
        return ValueSpec("torch.nn.MSELoss()", ["torch.nn.CrossEntropyLoss()", "torch.nn.MSELoss"])
    if MODELS.search(name):
        return network(scenario)
    if re.search(r"class(es)?$|^nc$|^n_?cls$|num_labels|n_labels", name, re.I) and not re.search(
        "weight", name
    ):
        return ValueSpec(
            str(scenario.high if scenario.target_kind == "long" else (scenario.pred or (5,))[-1])
        )
    if re.search(r"(sizes|lengths|strides|scales|kernels)$", name):
        return ValueSpec("[8, 16]", ["4", "[4, 4]"])
    if re.search(r"weights$|^weight$|prior|freq|counts?$", name, re.I):
        width = (scenario.pred or (5,))[-1]
        return ValueSpec(f"torch.ones({width})", ["0.5", f"[1.0] * {width}", "1"])
    return number(name)


def number(name: str, integer: bool = False) -> ValueSpec:
    if name == "reduction":
        return string(name)
    if integer or (INTEGERS.search(name) and not FLOATS.fullmatch(name)):
        if re.search(r"dim$|axis", name) and len(name) <= 4:
            return ValueSpec("1", ["-1", "0", "4"])
        if re.search(r"idx|step|epoch|iter|blank|index", name):
            return ValueSpec("0", ["1"])
        size = (
            "2" if re.search(r"^(k|topk|top_k|m|n_tasks|num_tasks|num_losses|heads?|nhead)$", name) else "4"
        )
        return ValueSpec(size, ["2", "3", "8", "0.5", "16"])
    if re.search(r"^(use|is|with|do|return|normali[sz]e|log|size_average)_?", name) and not FLOATS.search(
        name
    ):
        return ValueSpec("True", ["False"])
    return ValueSpec("0.5", ["1", "2", "[0.5, 0.5]", "None", "'mean'", "torch.ones(5)"])


def string(name: str) -> ValueSpec:
    first = "'mean'" if "reduc" in name else "'cpu'" if "device" in name else "'sum'"
    return ValueSpec(first, ["'mean'", "'sum'", "'none'", "'l1'", "'l2'", "'mse'", "'cosine'"])


def _is_number(name: str, hints: Hints) -> bool:
    if hints.rank or hints.at_least or hints.long or hints.listed or hints.boolean:
        return False
    return bool(NUMBERS.fullmatch(name))


def tensor(name: str, hints: Hints, scenario: Scenario) -> TensorSpec:
    """A tensor in the scenario's shapes, bent to the hints."""
    shape: Sequence[int] = scenario.pred
    kind = "float"
    if hints.boolean or MASKS.search(name):
        kind, shape = "bool", scenario.target
    elif ((hints.class_index or hints.long) and not PREDICTIONS.search(name)) or (
        CLASSES.search(name) and not hints.same_as
    ):
        kind = "long"
        shape = scenario.target if scenario.target_kind == "long" else scenario.pred[:1]
    elif BOXES.search(name):
        kind, shape = "boxes", (6, 4)
    elif TARGETS.search(name):
        kind, shape = scenario.target_kind, scenario.target
    elif VECTOR.search(name) and not hints.same_as and not hints.at_least:
        kind, shape = "unit", scenario.pred[:1]
    elif IMAGES.search(name) or UNIT.search(name):
        kind = "unit"
    spec = TensorSpec(kind, list(shape), scenario.high)
    rank = hints.rank or (hints.at_least if hints.at_least > len(shape) else None)
    if rank is None and IMAGES.search(name) and len(shape) < 4 and kind == "unit" and not hints.at_least:
        rank = 4
    return with_rank(spec, rank) if rank is not None else spec


_BY_RANK = {0: [], 1: [6], 2: [4, 5], 3: [2, 6, 5], 4: [2, 3, 8, 8], 5: [1, 2, 4, 8, 8]}


def with_rank(spec: TensorSpec, rank: int) -> TensorSpec:
    if len(spec.shape) != rank and rank in _BY_RANK:
        return TensorSpec(spec.kind, list(_BY_RANK[rank]), spec.high)
    return spec


def documented(specs: Mapping[str, TensorSpec], arguments: dict[str, Spec]) -> bool:
    """Put stated shapes in the place of guesses; whether any was used."""
    used = False
    first = next(iter(arguments), None)
    for name, stated in specs.items():
        current = arguments.get(name)
        if isinstance(current, TensorSpec):
            kind = current.kind if stated.kind == "float" or name == first else stated.kind
            arguments[name] = TensorSpec(kind, list(stated.shape), current.high)
            used = True
    return used
