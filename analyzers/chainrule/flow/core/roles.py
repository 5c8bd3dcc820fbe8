"""Which function is a loss, and which of its arguments should learn.

Names are evidence, as they are for a human reader; a `requires_grad=True` in an example call is stronger.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from chainrule.flow.core.titles import is_holder, is_no_loss

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

LOSS_WORDS = frozenset(
    """loss losses lossfn criterion penalty elbo nll bce kl kld nce infonce divergence regularizer
    regularization regulariser regularisation reg hinge triplet contrast contrastive ntxent distill
    distillation surrogate consistency focal lovasz wasserstein mmd""".split()
)
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
    visualize draw display update init reset set compute_metrics name callback num count_parameters
    find search detect check profile benchmark""".split()
)
_MEASURES = frozenset(
    """metric metrics acc accuracy psnr ssim iou miou map auc auroc bleu rouge wer cer fid fbeta recall
    precision correct correctly mrr ndcg kappa nms fusion postprocess recognize history meter tracker
    logger weight weights scheduler schedule""".split()
)
# Verbs that are something else before "loss", where only what is returned tells: `log_loss(p, y)`.
_NOUNS = frozenset("log sample load check search find decode draw detect set profile count".split())
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
    """pipeline inference metric accuracy meter tracker counter scorer evaluator collator dataset sampler
    scheduler callback transform""".split()
)
# Inside an autograd.Function nothing is recorded, its backward is its own; an optimizer works on values.
_NO_GRAPHS = frozenset(("Function", "Optimizer"))
_METHODS = frozenset(("forward", "__call__", "loss", "compute", "compute_loss", "call", "step"))
_STEPS = frozenset(
    ("training_step", "train_step", "train_batch", "training_loss", "shared_step", "optimize_parameters")
)

_PREDICTION = frozenset(
    """pred preds predict predicted prediction predictions output outputs out outs logit logits score
    scores yhat hat recon reconstruction reconstructed generated fake student prob probs probability
    probabilities logp logprob logprobs embedding embeddings emb embs feature features feats feat
    estimate estimated est pr anchor query queries flow disp disparity warped sr heat heatmap heatmaps
    mu logvar rho policy q_values gate gates confidence conf attention attn activation activations
    density forecast forecasts deblurred denoised restored synth synthesized hypothesis yp""".split()
)
# … and before another word: `est_targets`.
_PREDICTED = frozenset(("pred", "predicted", "output", "student", "recon", "fake", "est", "estimated"))
_TARGET = frozenset(
    """target targets tgt label labels lbl gt truth true y ys yt ground reference ref refs real teacher
    gold answer answers clean original orig mask masks weight weights index indices idx ids id class
    classes onehot expected reward rewards advantage advantages returns adv old ema momentum frozen
    lengths length lens valid pad padding ignore annotation annotations mean_teacher observed truths goal
    desired adj relevance relevances batch size num group groups segment segments bank queue prototypes targ
    targs yb y_train y_tr y_val y_test ytrain""".split()
)
# Usual for targets, but what a loss takes first may be called so too: the weights of a portfolio.
_EITHER = frozenset(
    (word,)
    for word in """weight weights size group groups segment segments length lengths num real ref
    old goal bank queue prototypes""".split()
)
_CHOICES = frozenset((word,) for word in "mask masks valid pad padding ids indices index".split())
_DATA = frozenset(
    """x input inputs image images img imgs data batch sample samples state states obs observation
    observations noise text tokens input_ids context positions t time timestep""".split()
)
_SETTING = frozenset(
    """margin alpha beta gamma delta eps epsilon lam lambda_ lamda k n m dim axis reduction temperature
    temp tau threshold thresh coef coeff scale sigma smooth smoothing power exponent ratio clip
    kernel_size height width stride padding device dtype cfg config args opts epoch iteration training
    size_average hparams options mode kind name kwargs""".split()
)
_CALLABLE = frozenset(
    """net network model critic discriminator generator encoder decoder policy actor fn func function
    module backbone head student score_fn classifier embedder""".split()
)
_CRITERIA = frozenset(("criterion", "criterions", "crit", "lossfn", "lossfunc"))
_FUNCTIONS = frozenset(("fn", "func", "function"))
# Types of what is set, and of what a loss may return: by annotations.
_SETTING_TYPES = frozenset(("bool", "int", "str"))
_NUMBERS = frozenset(("float", "int", "Any", "dict", "tuple", "list", "Dict", "Tuple", "List", "Array"))
_PLAIN_NUMBERS = frozenset(("bool", "int", "float"))
LEARNS = frozenset(("parameter", "leaf", "callable"))
# Roles of what may be meant to learn, and of what certainly is.
WAITING = frozenset(("prediction", "parameter", "leaf", "callable", "unknown", "data"))
STRONG = frozenset(("prediction", "parameter", "leaf", "callable"))
MAY_LEARN = WAITING - {"data"}
# `est_targets`: targets as a model gives them.
_ESTIMATED = frozenset(("est", "estimate", "estimated"))
_TEACHERS = frozenset(("teacher", "ema", "target", "old", "frozen", "reference", "ref", "momentum"))


class Kind(str, Enum):
    """What a function is, as far as its gradient matters."""

    LOSS = "loss"
    NEUTRAL = "neutral"
    METRIC = "metric"


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """`pairwiseLoss2` → ("pairwise", "loss", "2")."""
    return tuple(word.lower() for word in _WORD.findall(name))


def kind_of(function: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None) -> Kind:
    """Whether `function` (a method of `owner`) computes a loss."""
    named = words(function.name)
    if named[-1:] == ("fn",) and named[-2:-1] and named[-2] in LOSS_WORDS and named[0] not in _FACTORIES:
        named = named[:-1]  # `dice_loss_fn` is the loss itself, `get_loss_fn` gives one
    parts = set(named)
    loss = bool(parts & LOSS_WORDS) and named[-1] not in _MEASURES | _THINGS
    loss = loss and not is_no_loss(named, parts & LOSS_WORDS, _roles_in(function))
    called = loss and named[-1] in LOSS_WORDS
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
    inherited = {ast.unparse(base).rpartition(".")[2] for base in owner.bases} if owner is not None else set()
    if inherited & _NO_GRAPHS:
        return Kind.METRIC
    if owner is not None and function.name in _METHODS:
        described = words(owner.name)
        bases = [ast.unparse(base) for base in owner.bases]
        measured = bool(set(described) & _MEASURING) and "loss" not in described
        if measured or any(base.endswith("Metric") for base in bases):
            return Kind.LOSS if measured and returns_loss(function) else Kind.METRIC
        inherits = any("Loss" in base for base in bases)
        aims = bool(described) and described[-1] in _AIMS
        sounding = set(described) & LOSS_WORDS
        called = bool(sounding) and not is_no_loss(described, sounding, _roles_in(function))
        if inherits or aims or called or "CrossEntropy" in owner.name:
            return Kind.LOSS
    number = isinstance(function.returns, ast.Name) and function.returns.id == "float"
    if _reports(named) or number or _counts(function.returns):
        return Kind.METRIC
    if owner is not None and function.name in _METHODS and _takes(_constructor(owner), "reduction"):
        return Kind.LOSS  # as torch's own losses do
    return Kind.NEUTRAL


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
    """Whether a function is annotated to return several plain numbers: `kind(…) -> tuple[int, float]`."""
    if not isinstance(returns, ast.Subscript) or not isinstance(returns.slice, ast.Tuple):
        return False
    return all(isinstance(each, ast.Name) and each.id in _PLAIN_NUMBERS for each in returns.slice.elts)


def returns_loss(function: ast.AST) -> bool:
    """Whether what a function returns is a name of its own for a loss: `return loss.mean()`."""
    return any(
        isinstance(name, ast.Name) and is_called_loss(name.id)
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
        for name in ast.walk(node.value)
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


@lru_cache(maxsize=4096)
def role_of(name: str) -> str:
    """The role that an argument's name suggests: "prediction", "target", "data", "callable" or "unknown"."""
    lowered = name.lower().strip("_")
    if lowered in _TARGET:
        return "target"
    if lowered in _PREDICTION:
        return "prediction"
    if lowered in _DATA:
        return "data"
    if lowered in ("p", "p1", "p2"):
        return "prediction"
    if lowered in _SETTING or lowered.startswith(("num_", "n_", "min_", "max_", "use_", "is_")):
        return "setting"
    if is_holder(words(name)):
        return "setting"
    parts = [part for part in words(name) if not part.isdigit()]
    if len(parts) > 1:
        parts = [part for part in parts if len(part) > 1] or parts
    if not parts:
        return "unknown"
    if parts[0] in _ESTIMATED:
        return "prediction"
    if any(part in _TEACHERS for part in parts):
        return "target"
    if parts[-1] in _TARGET:
        return "target"
    if parts[-1] in _PREDICTION or parts[0] in _PREDICTED:
        return "prediction"
    if any(part in _TARGET for part in parts):
        return "target"
    if any(part in _PREDICTION for part in parts):
        return "prediction"
    if parts[-1] in _SETTING or parts[0] in _SETTING:
        return "setting"
    if compares(name):
        return "setting"  # what compares has seldom anything to learn itself
    if lowered in _CALLABLE or parts[-1] in _CALLABLE:
        return "callable"
    if parts[-1] in _DATA:
        return "data"
    return "unknown"


def compares(name: str) -> bool:
    """Whether an argument is called after what computes a loss: `criterion`, `loss_fn`."""
    parts = words(name)
    last = parts[-1:] or ("",)
    return last[0] in _CRITERIA or (last[0] in _FUNCTIONS and not LOSS_WORDS.isdisjoint(parts))


def is_mask(name: str) -> bool:
    """Whether an argument is called after what holds yes and no, or places: bytes, bools, integers."""
    return words(name)[-1:] in _CHOICES


def is_teacher(name: str) -> bool:
    """Whether a network is called a frozen or averaged copy: `self.target_net.weight`, `self.ema.weight`."""
    return any(word in _TEACHERS for word in words(name))


def roles_of(names: list[str]) -> dict[str, str]:
    """Roles of a loss's arguments in order; what stands before the first target is taken for a prediction.

    PyTorch's own losses take (input, target) in this order.
    """
    roles = {name: role_of(name) for name in names}
    # `mu, cov, mu_t, cov_t`: one alone may be a step in time.
    paired = [name for name in names if name.endswith("_t") and name[:-2] in names]
    for name in names:
        beside = name[:-2] if len(paired) > 1 and name in paired else _without_answer(name)
        if beside in roles and roles[beside] in ("unknown", "data"):
            roles[beside], roles[name] = "prediction", "target"
    first = next(iter(names), "")
    if _is_ambiguous(first) and "prediction" not in roles.values():
        roles[first] = "unknown"
    if "p" in names and any(role == "prediction" for name, role in roles.items() if name not in ("p", "q")):
        roles["p"] = "setting"  # `minkowski_loss(pred, target, p)`: the exponent of a norm
    targets = [index for index, name in enumerate(names) if roles[name] == "target"]
    if targets and not any(role == "prediction" for role in roles.values()):
        for name in names[: targets[0]]:
            if roles[name] == "unknown":
                roles[name] = "prediction"
    return roles


def _is_ambiguous(name: str) -> bool:
    """Whether a name that is usual for a target may as well be the first argument, which is to learn."""
    return words(name)[-1:] in _EITHER


def _without_answer(name: str) -> str:
    """`t_gt` → `t`: what an argument is the wanted value of, "" if its name says none."""
    for word in ("gt", "target", "true", "ref", "label", "star"):
        if name.endswith(f"_{word}"):
            return name[: -len(word) - 1]
        if name.startswith(f"{word}_"):
            return name[len(word) + 1 :]
    return ""


def are_alike(name: str, other: str) -> bool:
    """Whether two arguments are called the same but for a number: `z1` and `z2`."""
    return name != other and name.rstrip("0123456789") == other.rstrip("0123456789")
