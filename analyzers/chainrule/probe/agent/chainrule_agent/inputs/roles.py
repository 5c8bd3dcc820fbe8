"""First guesses: what a parameter is by its name, its hints and its annotation, in one of a few usual scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .hints import Hints
from .specs import MappingSpec, NetSpec, SequenceSpec, Spec, TensorSpec, ValueSpec


@dataclass(frozen=True)
class Scenario:
    """Shapes that go together. `target_kind` is "long" for class indices."""

    pred: tuple[int, ...]
    target: tuple[int, ...]
    target_kind: str = "unit"
    high: int = 5
    weight: tuple[int, ...] | None = None


SCENARIOS = (
    Scenario((4, 5), (4, 5)),
    Scenario((4, 5), (4,), "long", 5),
    Scenario((2, 3, 8, 8), (2, 3, 8, 8)),
    Scenario((6,), (6,)),
    Scenario((6, 4), (6,), "long", 3),
    Scenario((2, 6, 5), (2, 6, 5)),
    Scenario((2, 3, 8, 8), (2, 8, 8), "long", 3),
    Scenario((4, 1), (4, 1), "binary"),
    Scenario((2, 6, 5), (2, 6), "long", 5),
    Scenario((6,), (6,), "binary"),
    Scenario((2, 1, 16, 16), (2, 1, 16, 16)),
    Scenario((6,), (6,), "long", 2),
    Scenario((2, 8, 8), (2, 8, 8)),
    Scenario((1, 2, 4, 8, 8), (1, 2, 4, 8, 8)),
    Scenario((1, 3, 64, 64), (1, 3, 64, 64)),
    Scenario((), ()),
)

_CLASSES = re.compile(r"(^|_)(labels?|lbls?|class(es)?|class_?ids?|categor\w+|cls|tags?|ids?|pids?|camids?|tokens?|actions?"
                      r"|group(s|_ids?)?|assignments?|idx|indices|index|rows|speakers?|ind|inds|genre|doc_ids?|trg_ids)[0-9]*$", re.I)  # fmt: skip
_TARGETS = re.compile(
    r"(^|_)(targets?|tgts?|ys|gts?|true|truth|ground_?truth|real|ref|reference|trg|gold|annotations?)[0-9]*($|_)|^y[0-9]*($|_)",
    re.I,
)
_PREDICTIONS = re.compile(r"(pred|logit|output|score|prob|hat|recon|emb|feat)", re.I)
_MASKS = re.compile(
    r"(^|_)(masks?|valid|pad(ding)?|block|keep|ignore|is_\w+|has_\w+|visible|visibility|done|dones)($|_)",
    re.I,
)
_BOXES = re.compile(r"(^|_)(boxes|bbox(es)?|box)[0-9]*($|_)", re.I)
_IMAGES = re.compile(
    r"(^|_)(imgs?|images?|pictures?|frames?|depth|disp|flow|video|heatmaps?|seg\w*|warped|sr|hr|fake_b|real_b)[0-9]*($|_)",
    re.I,
)
_MODELS = re.compile(r"(^|_)(model|net|network|critic|discriminator|generator|encoder|decoder|backbone|D|G|netD|netG|policy_net|score_fn"
                     r"|energy_fn|fn|func|function|denoiser|teacher_model|student_model|base_model|classifier)$")  # fmt: skip
_LOSSES = re.compile(r"(criterion|loss_fn|loss_func|loss_function|base_loss|(^|_)crit($|_))", re.I)
_UNIT = re.compile(
    r"(^|_)(probs?|probabilit\w+|p|confidence|alphas?_map|iou|overlap|sigmas?|std|var|variance|rewards?|weights?|scale)[0-9]*($|_)",
    re.I,
)
_VECTOR = re.compile(r"(^|_)(rewards?|returns?|adv|advantages?|dones?|rates?|quality|weights?|durations?|times?|lengths?|scores_?[ab]?|energy"
                     r"|energies)($|_)", re.I)  # fmt: skip
_INTEGERS = re.compile(r"(^|_)(n|k|m|num\w*|n_\w+|dims?|d|size|\w*_size|\w*_dims?|channels?|\w*_channels?|features|\w*features|hidden\w*|steps?"
                       r"|epochs?|iter\w*|batch_idx|batch_index|window\w*|bins?|levels?|classes|n?class\w*|max_\w+|length|len|topk|top_k|degree"
                       r"|order|d_model|nhead|heads?|depth|layers?|in_\w+|out_\w+|feat|embed|width|height|blank|t|stride|radius)$", re.I)  # fmt: skip
_FLOATS = re.compile(r"(^|_)(margin|alpha|beta|gamma|eps(ilon)?|temperature|temp|tau|lam(bda)?\w*|lmbda|coef\w*|threshold|thresh|thr|delta|scale|lr|smooth\w*"
                     r"|weight|ratio|rate|dropout|p|q|eta|mu|sigma|gap|kappa|clip\w*|factor|momentum|w|c|step|start|end|low|high|min\w*|max\w*"
                     r"|confidence|penalty|kl_weight|beta_kl|discount|focal\w*|\w+_weight|\w+_coef|\w+_margin|\w+_scale)$", re.I)  # fmt: skip
_TENSOR_TEXT = re.compile(r"\b(Tensor|FloatTensor|LongTensor|BoolTensor|Array)\b")


def guess(
    name: str,
    hints: Hints,
    annotation: str,
    scenario: Scenario,
    known: Mapping[str, tuple[str, ...]],
    constructing: bool,
) -> Spec:
    """The first guess for one parameter. `known` are the classes of the file with their constructor's parameters."""
    if hints.options:
        first, *rest = hints.options
        return ValueSpec(first, rest)
    stated = _annotated(name, hints, annotation, scenario, known, constructing)
    if stated is not None:
        return stated
    if _LOSSES.search(name):
        return ValueSpec(
            "torch.nn.MSELoss()", ["torch.nn.CrossEntropyLoss()", "torch.nn.L1Loss(reduction='none')"]
        )
    if hints.called or _MODELS.search(name):
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
        if _LOSSES.search(name):
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
    inner = {n: constructor_value(n, scenario) if constructing else guess(n, hints.part(n), "", scenario, known, False)
             for n in hints.attributes}  # fmt: skip
    return MappingSpec(inner, attributes=True)


def constructor_value(name: str, scenario: Scenario) -> Spec:
    """A constructor's argument: mostly numbers, sometimes a model or a tensor of weights."""
    if _LOSSES.search(name):
        return ValueSpec("torch.nn.MSELoss()", ["torch.nn.CrossEntropyLoss()"])
    if _MODELS.search(name):
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
    if integer or (_INTEGERS.search(name) and not _FLOATS.fullmatch(name)):
        if re.search(r"dim$|axis", name) and len(name) <= 4:
            return ValueSpec("1", ["-1", "0", "4"])
        if re.search(r"idx|step|epoch|iter|blank|index", name):
            return ValueSpec("0", ["1"])
        size = (
            "2" if re.search(r"^(k|topk|top_k|m|n_tasks|num_tasks|num_losses|heads?|nhead)$", name) else "4"
        )
        return ValueSpec(size, ["2", "3", "8", "0.5", "16"])
    if re.search(r"^(use|is|with|do|return|normali[sz]e|log|size_average)_?", name) and not _FLOATS.search(
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
    return bool(re.fullmatch(
        r"margin|alpha|beta|gamma|eps|epsilon|temperature|temp|tau|lam|lambda_\w*|lmbda|threshold|n|k|num_\w+|n_\w+|step|global_step"
        r"|epoch|batch_idx|batch_index|reduction|coef\w*|dim|axis|min_gap|gap|smoothing|\w+_weight|\w+_coef|\w+_margin|lr|bins|device",
        name, re.I))  # fmt: skip


def tensor(name: str, hints: Hints, scenario: Scenario) -> TensorSpec:
    """A tensor in the scenario's shapes, bent to the hints."""
    shape: Sequence[int] = scenario.pred
    kind = "float"
    if hints.boolean or _MASKS.search(name):
        kind, shape = "bool", scenario.target
    elif ((hints.class_index or hints.long) and not _PREDICTIONS.search(name)) or (
        _CLASSES.search(name) and not hints.same_as
    ):
        kind = "long"
        shape = scenario.target if scenario.target_kind == "long" else scenario.pred[:1]
    elif _BOXES.search(name):
        kind, shape = "boxes", (6, 4)
    elif _TARGETS.search(name):
        kind, shape = scenario.target_kind, scenario.target
    elif _VECTOR.search(name) and not hints.same_as and not hints.at_least:
        kind, shape = "unit", scenario.pred[:1]
    elif _IMAGES.search(name) or _UNIT.search(name):
        kind = "unit"
    spec = TensorSpec(kind, list(shape), scenario.high)
    rank = hints.rank or (hints.at_least if hints.at_least > len(shape) else None)
    if rank is None and _IMAGES.search(name) and len(shape) < 4 and kind == "unit" and not hints.at_least:
        rank = 4
    return with_rank(spec, rank) if rank is not None else spec


_BY_RANK = {0: [], 1: [6], 2: [4, 5], 3: [2, 6, 5], 4: [2, 3, 8, 8], 5: [1, 2, 4, 8, 8]}


def with_rank(spec: TensorSpec, rank: int) -> TensorSpec:
    if len(spec.shape) != rank and rank in _BY_RANK:
        return TensorSpec(spec.kind, list(_BY_RANK[rank]), spec.high)
    return spec


def order_scenarios(hints: Mapping[str, Hints], names: Sequence[str]) -> list[Scenario]:
    """The scenarios, those first that fit what is known of the parameters."""
    ranks = [h.rank or h.at_least for n, h in hints.items() if n in names and not h.long and not h.boolean]
    wanted = max(ranks, default=0)
    exact = {h.rank for n, h in hints.items() if n in names and h.rank}
    classes = any(
        hints[n].class_index or (_CLASSES.search(n) and not hints[n].same_as) for n in names if n in hints
    )
    images = any(_IMAGES.search(n) for n in names)
    boxes = any(_BOXES.search(n) for n in names)
    targets = any(_TARGETS.search(n) for n in names)
    long_targets = any(hints[n].long and _TARGETS.search(n) for n in names if n in hints)

    def misfit(scenario: Scenario) -> tuple[int, int]:
        rank = len(scenario.pred)
        score = 0
        score += 3 if rank < wanted else 0
        score += 2 if exact and rank not in exact else 0
        score += 2 if (classes or long_targets) != (scenario.target_kind == "long") else 0
        score += 1 if images and rank < 4 else 0
        score += 1 if boxes and scenario.pred != (4, 5) else 0
        score += 1 if classes and not targets and scenario.pred != (6, 4) and wanted <= 2 else 0
        return score, SCENARIOS.index(scenario)

    return sorted(SCENARIOS, key=misfit)


def documented(specs: Mapping[str, TensorSpec], arguments: dict[str, Spec]) -> bool:
    """Put stated shapes in the place of guesses; whether any was used."""
    used = False
    for name, stated in specs.items():
        current = arguments.get(name)
        if isinstance(current, TensorSpec):
            kind = current.kind if stated.kind == "float" and current.kind != "long" else stated.kind
            if stated.kind == "float" and current.kind == "long":
                kind = "long"
            arguments[name] = TensorSpec(kind, list(stated.shape), current.high)
            used = True
    return used
