"""Which function is a loss.

Names are evidence, as they are for a human reader; what a function returns is another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum

from chainrule.flow.core.roles import role_of
from chainrule.flow.core.titles import is_no_loss
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.syntax import walk_tree

_LOSSES = frozenset((word,) for word in LOSS_WORDS)
# Said of a loss, and of other numbers: only what is returned makes a function one.
_COSTS = frozenset(
    """cost costs objective energy misfit discrepancy distortion dissimilarity mismatch risk""".split()
)
# What a class is for whose last word is one of these.
_AIMS = frozenset(("objective", "energy", "misfit", "discrepancy", "distortion"))
# What a function does that is no training, by its first word; what it measures, by any word.
VERBS = frozenset(
    """plot print show report sample decode generate create build make get parse register load save
    visualize draw display update init reset compute_metrics name callback num count_parameters
    find search detect check profile benchmark""".split()
)
_MEASURES = frozenset(
    """metric metrics acc accuracy psnr ssim iou miou map auc auroc bleu rouge wer cer fid fbeta recall
    precision correct correctly mrr ndcg kappa nms fusion postprocess recognize history meter tracker
    logger weight weights scheduler schedule""".split()
)
# Verbs that are something else before "loss", where only what is returned tells: `log_loss(p, y)`.
_NOUNS = frozenset("log sample load check search find decode draw detect profile count".split())
# What is no tensor, or no loss, by its last word: `loss_weight`, `loss_fn`.
_THINGS = frozenset(
    (
        "fn",
        "factory",
        "name",
        "names",
        "scale",
        "config",
        "search",
        "norms",
        "logps",
        "logprobs",
        "logits",
        "tokens",
        "ids",
    )
)
# A measure made fit for training: `approx_ndcg`, `soft_iou`.
_SOFTENED = frozenset(
    """soft approx approximate smooth differentiable surrogate relaxed neural lambda""".split()
)
_PREPOSITIONS = frozenset("with from over on of for per between in".split())
_MAKES = frozenset(("get", "update", "build", "make", "create"))
_FACTORIES = _MAKES | {"setup", "init", "load", "parse", "select", "choose", "register", "wrap", "to", "as"}
_LOGGED = frozenset(
    """loss losses metrics metric images stats scalar scalars step epoch results grads""".split()
)
_EVALUATES = frozenset(
    """eval evaluate evaluation val valid validate validation test predict prediction infer inference
    estimate""".split()
)
_MEASURING = frozenset(
    """pipeline inference metric accuracy meter tracker counter evaluator collator dataset sampler
    scheduler callback transform""".split()
)
# Inside an autograd.Function nothing is recorded, its backward is its own; an optimizer works on values.
_NO_GRAPHS = frozenset(("Function", "Optimizer"))
_METHODS = frozenset(("forward", "__call__", "loss", "compute", "compute_loss", "call", "step"))
_STEPS = frozenset(
    ("training_step", "train_step", "train_batch", "training_loss", "shared_step", "optimize_parameters")
)
_TRAINS = frozenset(("train", "update", "learn", "fit", "optimize", "optimise"))
# Types of what is set, and of what a loss may return: by annotations.
_SETTING_TYPES = frozenset(("bool", "int", "str"))
_NUMBERS = frozenset(("float", "int", "Any", "dict", "tuple", "list", "Dict", "Tuple", "List", "Array"))
_PLAIN_NUMBERS = frozenset(("bool", "int", "float"))


class Kind(str, Enum):
    """What a function is, as far as its gradient matters."""

    LOSS = "loss"
    NEUTRAL = "neutral"
    METRIC = "metric"
    MODEL = "model"
    """A network whose output others make a loss of: only what it keeps from its own layers matters."""


def kind_of(function: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None) -> Kind:
    """Whether `function` (a method of `owner`) computes a loss."""
    named = words(function.name)
    if named[-1:] == ("fn",) and named[-2:-1] and named[-2] in LOSS_WORDS and named[0] not in _FACTORIES:
        named = named[:-1]  # `dice_loss_fn` is the loss itself, `get_loss_fn` gives one
    parts = set(named)
    head = _unqualified(named)
    loss = bool(parts & LOSS_WORDS) and head[-1] not in _MEASURES | _THINGS
    loss = loss and not is_no_loss(named, parts & LOSS_WORDS, _roles_in(function))
    called = loss and head[-1] in LOSS_WORDS
    evaluates = parts & _EVALUATES - ({"prediction"} if called else set())
    if _answers(function.returns) or (evaluates and not (loss and "and" in parts)):
        return Kind.METRIC
    if owner is None and _builds(function):
        return Kind.METRIC
    verb = len(named) > 1 and (named[0] in VERBS or (named[0] == "log" and named[1] in _LOGGED))
    if function.name in _STEPS or loss:
        if named[0] == "get" and "loss" not in parts and _names_a_loss(owner):
            return Kind.METRIC  # `get_nll` beside `loss_function`: an estimate to report
        if verb and named[0] not in _MAKES:
            return Kind.NEUTRAL if called and named[0] in _NOUNS else Kind.METRIC
        return Kind.LOSS
    derived = owner.bases if owner is not None else ()
    inherited = {getattr(base, "attr", getattr(base, "id", "")) for base in derived}
    if inherited & _NO_GRAPHS:
        return Kind.METRIC
    if owner is not None and function.name in _METHODS:
        described = words(owner.name)
        bases = [ast.unparse(base) for base in owner.bases]
        measured = bool(set(described) & _MEASURING) and "loss" not in described
        if measured or any(base.endswith("Metric") for base in bases):
            return Kind.LOSS if measured and returns_loss(function) else Kind.METRIC
        if (
            described[:1] == ("log",)
            and isinstance(function.returns, ast.Name)
            and function.returns.id == "dict"
        ):
            return Kind.METRIC  # `LogScalar.__call__(…) -> dict`
        if _is_a_loss(owner, function):
            return Kind.LOSS
    number = isinstance(function.returns, ast.Name) and function.returns.id == "float"
    if _reports(named) or number or _counts(function.returns):
        return Kind.METRIC
    if owner is not None and _is_a_loss(owner, function) and _is_entry(owner, function):
        return Kind.LOSS
    if owner is not None and function.name in _METHODS and _takes(_constructor(owner), "reduction"):
        return Kind.LOSS  # as torch's own losses do
    return Kind.NEUTRAL


def _unqualified(named: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name up to what a loss is computed from or over: `focal_loss_with_logits`."""
    for index, word in enumerate(named):
        if word in _PREPOSITIONS and named[index - 1] in LOSS_WORDS and index:
            return named[:index]
    return named


def _is_a_loss(owner: ast.ClassDef, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a class computes a loss, by its name or its bases; `function`: the method that does."""
    described = words(owner.name)
    sounding = set(described) & LOSS_WORDS
    if sounding and not is_no_loss(described, sounding, _roles_in(function)):
        return True
    if (bool(described) and described[-1] in _AIMS) or "CrossEntropy" in owner.name:
        return True
    return any("Loss" in ast.unparse(base) for base in owner.bases)


def _is_entry(owner: ast.ClassDef, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method is what others call of a class that is not called itself: `LaneLoss.total(…)`."""
    if function.name.startswith("_") or function.decorator_list or len(function.args.args) < 2:
        return False
    if words(owner.name)[-1:] not in _LOSSES:
        return False  # `LossWeights`
    methods = [each for each in owner.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
    bases = {getattr(base, "attr", getattr(base, "id", "")) for base in owner.bases}
    if bases - {"Module", "object"} or any(each.name in _METHODS for each in methods):
        return False  # what another base class calls is not known
    used = (node.attr for each in methods for node in walk_tree(each) if isinstance(node, ast.Attribute))
    returns = (node for node in walk_tree(function) if isinstance(node, ast.Return))
    return function.name not in used and any(each.value is not None for each in returns)


def _roles_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The roles of a function's arguments, each by its name alone."""
    spec = function.args
    return (role_of(each.arg) for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))


def named_metric(name: str) -> bool:
    """Whether its name alone makes a function none that trains, whatever it takes and returns."""
    named = words(name)
    if not named or name in _METHODS or name in _STEPS or not LOSS_WORDS.isdisjoint(named):
        return False
    return not _EVALUATES.isdisjoint(named) or _reports(named)


def _reports(named: tuple[str, ...]) -> bool:
    """Whether a name without a loss in it says that something else is done, made or measured."""
    if not named:
        return False
    verb = len(named) > 1 and (named[0] in VERBS or (named[0] == "log" and named[1] in _LOGGED))
    measures_something = not _MEASURES.isdisjoint(named) and _SOFTENED.isdisjoint(named)
    return verb or named[-1] in _THINGS or measures_something


def _names_a_loss(owner: ast.ClassDef | None) -> bool:
    """Whether a method of a class is called a loss."""
    body = owner.body if owner is not None else []
    return any(isinstance(each, ast.FunctionDef) and "loss" in words(each.name) for each in body)


def _constructor(owner: ast.ClassDef) -> ast.FunctionDef | None:
    methods = (each for each in owner.body if isinstance(each, ast.FunctionDef))
    return next((each for each in methods if each.name == "__init__"), None)


def _takes(function: ast.FunctionDef | None, name: str) -> bool:
    if function is None:
        return False
    spec = function.args
    return any(each.arg == name for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))


def measures(name: str) -> bool:
    """Whether a function is called after what it measures, `psnr`: `1 - x` of that is a loss."""
    named = words(name.rpartition(".")[2])
    return not _MEASURES.isdisjoint(named) and _EVALUATES.isdisjoint(named) and named[0] not in VERBS


def is_whole_step(name: str) -> bool:
    """Whether a method is called after all that is done with one batch: `training_step`, `update`."""
    own = name.rpartition(".")[2]
    return own in _STEPS or not _TRAINS.isdisjoint(words(own)[:1])


def may_be_called_loss(name: str) -> bool:
    """Whether a function that returns a number to be made small is called so: `box_cost`, `bend_energy`."""
    return not _COSTS.isdisjoint(words(name.rpartition(".")[2]))


def is_called_loss(name: str) -> bool:
    """Whether the last word of a function's own name says that it is a loss: `uniformity_loss`."""
    return words(name.rpartition(".")[2])[-1:] in _LOSSES


def does_work(name: str) -> bool:
    """Whether only its verb keeps a function from being a loss: `make_and_score`, `adapt_and_test`."""
    named = words(name.rpartition(".")[2])
    return "and" in named or named[0] in VERBS


def _answers(returns: ast.expr | None) -> bool:
    """Whether a function is annotated to return what no backward can start from: `is_loss(…) -> bool`."""
    return isinstance(returns, ast.Name) and returns.id in ("bool", "int", "str")


def _counts(returns: ast.expr | None) -> bool:
    """Whether a function is annotated to return several plain numbers: `kind(…) -> tuple[int, float]`.

    `stats(…) -> dict[str, float]` is annotated so too.
    """
    if not isinstance(returns, ast.Subscript) or not isinstance(returns.slice, ast.Tuple):
        return False
    return all(isinstance(each, ast.Name) and each.id in _PLAIN_NUMBERS for each in returns.slice.elts)


def returns_loss(function: ast.AST) -> bool:
    """Whether what a function returns is a name of its own for a loss: `return loss.mean()`."""
    return any(
        isinstance(name, ast.Name) and is_called_loss(name.id)
        for node in walk_tree(function)
        if isinstance(node, ast.Return) and node.value is not None
        for name in walk_tree(node.value)
    )


def _builds(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function says that it makes an object from settings alone: `(depth: int) -> ResNet`."""
    returned, spec = function.returns, function.args
    taken = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
    if not isinstance(returned, ast.Name) or not taken or spec.vararg is not None:
        return False
    number = returned.id in _NUMBERS or "Tensor" in returned.id or "Loss" in returned.id
    return not number and all(
        isinstance(each.annotation, ast.Name) and each.annotation.id in _SETTING_TYPES for each in taken
    )
