"""What a text must contain before running it can say anything.

Most functions of a project can hold no break: they compute no loss and do nothing to a graph that is wrong in
any function. Looking at their text is a hundred times cheaper than running them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from chainrule.flow.core.kinds import Kind, does_work, measures, named_metric
from chainrule.flow.core.saying import says_loss
from chainrule.flow.core.words import LOSS_WORDS, words

# A literal at the front of a pattern makes the search several times faster.
_FUNCTION = re.compile(r"def[^\S\n]+(\w+)")
_CLASS = re.compile(r"class[^\S\n]+(\w+)(?:\(([^)\n]*)\))?")
# Wrong wherever it stands, if it is wrong at all. The words come first: a plain search is ten times faster.
_EVENTS = (
    ".data[", "Parameter(", "log_prob(", "backward(", "autograd.grad", "deepcopy(", "Variable(",
    "set_grad_enabled(", "stack_module_state(",
)  # fmt: skip
# … and where the word alone does not tell: each after what a plain search finds.
_EVENT_FORMS = (
    ("requires_grad", re.compile(r"requires_grad(?:_\((?!False\b)|\s*=\s*True)")),
    (".data", re.compile(r"\.data\s*=[^=]")),
    ("ensor(", re.compile(r"ensor\(\s*\[(?:\s|\[|#[^\n]*\n)*[a-zA-Z_(]")),
)
# Of these, what matters in a result only: where that is to be made small, or made from what learns.
_KEPT = frozenset((".data[", ".data", "ensor(", "deepcopy("))
# What a function can get wrong whose result trains nothing.
_LEAVES = re.compile(
    r"requires_grad(?:_\((?!False\b)|\s*=\s*True)|\.data(?:\[|\s*=[^=])|Parameter\(|backward\(|Variable\(|set_grad_enabled\("
)
_LOSSES = ("loss", "Loss", "criteri", "entropy", "kl_div")
# A criterion that a class keeps, and the call of one that has no name or the usual one.
_CRITERION = re.compile(r"((?:self\.\w+[\s,\\]*)+)=[\s\\(]*(?:\w+\.)*\w*Loss\(")
_HELD = re.compile(r"self(\.\w+)")
_CRITERIA = ("Loss()", "criterion(", "loss_fn(", "loss_func(", "bce(", "mse(")
# What tells that the methods of a class compute a loss besides its name: see `roles.kind_of`.
_OTHER_LOSSES = (
    "CrossEntropy", "reduction", "Objective", "Energy", "Misfit", "Discrepancy", "Distortion", "Loss",
)  # fmt: skip
# A single number: what a loss returns even if nothing is called a loss. By what several have in common: most
# texts hold no number, and every search reads all of them.
_SCALARS = {
    "mean(": (".mean()", ".mean(\n", "torch.mean(", ".nanmean()", "torch.nanmean("),
    "sum(": (".sum()", ".sum(\n", "torch.sum(", " sum(", "(sum(", ".nansum()", "torch.nansum("),
    "max(": (".max()", "torch.max(", " max(", "(max("),
    "min(": (".min()", "torch.min(", " min(", "(min("),
    "norm(": (".norm()", "torch.norm("),
    "p(": (".logsumexp(", "math.exp("),
    "tensor(": ("return torch.tensor(", "return 1 - torch.tensor(", "return torch.as_tensor("),
    ".item() ": (".item() *", ".item() +"),
    "": (".std()", ".var()", ".square()", "torch.dot(", "_loss(", "entropy(", "kl_div(", *_CRITERIA),
    "_": ("with_logits(", "_score(", "_error(", "_cost("),
}
# A loss of the file's own: `loss_fn_kd(out, y)`, `self.loss_mask(out, y)`.
_OWN_LOSS = re.compile(r"\bloss_\w+\(")
# An edit in place, and a formula that may have saved what it overwrites.
_OWN_EDIT = re.compile(r"self\.\w+\.[a-z]+_\(")  # of what may be a parameter
_ASKED = re.compile(r"requires_grad(?:=True|_\((?:True)?\))")
# A parameter that something is done to before it is stored.
_USED_PARAMETER = re.compile(r"Parameter\((?:[^()\n]|\((?:[^()\n]|\([^()\n]*\))*\))*\)[^\S\n]*[-.+*/]")
_METHOD = re.compile(r"\.[a-z]+_\(")
_AUGMENTED = re.compile(r"[^\S\n]+[\w.]+(?:\[[^\n]*\])?[^\S\n]*[-+*/]=[^\S\n]*[a-zA-Z(]")
_ITEM = re.compile(r"[^\S\n]+[\w.]+\[[^\n\"'=]*\][^\S\n]*=[^=]")
_ITEM_END = re.compile(r"\][^\S\n]*=[^=]")
_SAVES = ("relu", "ReLU", "sigmoid", "tanh", "exp(", "softmax", "sqrt", "pow(", "norm(")
# Not the `**` of keyword arguments. Its literal comes first, so that it is searched as one.
_POWER = re.compile(r"\*\*(?:(?=\s)|(?<=[\w)\]]\*\*)|(?<=[\w)\]] \*\*))")
_TENSOR_METHOD = re.compile(
    r"\.(?:detach|backward|softmax|sqrt|pow|clamp|unsqueeze|item|sum|mean|requires_grad)\("
)
# What a helper without torch in its file may do to a tensor that it is given.
_HELPS = re.compile(
    r"\.(?:detach|data|item|tolist|numpy|cpu|round|floor|ceil|sign|argmax|argsort|topk|sort|long|int|exp|log"
    r"|sqrt|softmax|sigmoid|mean|sum|clamp|pow|norm)\b|\b(?:np|numpy|math)\."
)
# `1 - iou` and `-psnr` are to be made small: a measure turned into a loss.
_INVERTS = re.compile(r"return\s+(?:-|1(?:\.0?)?\s*-)")
# … wherever it is computed: `loss = 1 - iou`.
_NEGATES = re.compile(r"\b1(?:\.0?)?[^\S\n]*-|[=(,\[][^\S\n]*-[^\S\n]*[a-zA-Z_(]|return[^\S\n]*-")
# How calls that lose a gradient (`losing.loses`) are written where they are given what a layer computes. All
# that lose one would be a hundred, and every search reads all texts: these are what networks do. A test asks
# the facts table about each.
LOSING = (
    ".item()", ".tolist()", ".numpy()", "argmax(", "argmin(", "argsort(", ".topk(", "round(", "floor(",
    "ceil(", "sign(", "bernoulli(", "multinomial(", ".sample()", "int(self.", "float(self.", ".long()",
    ".int()", ".gt(", ".lt(", ".ge(", ".le(", "bucketize(", "one_hot(",
)  # fmt: skip
_SIGNS = (" > ", " < ", " >= ", " <= ")
_COMPARED = re.compile(
    r" +\w+ = (?!.*\b(?:if|for|lambda)\b)|.* [<>].*\)(?:\.(?:float|to|type|double|half)\b| ?\*)"
    r"|.*(?:where\([^,]*|\w\[[^]]*|\* \(.*) [<>]"
)
_COPIED = re.compile(r"torch\.tensor\((?:self\.\w+\(|[a-z_]+\))")
_LOOP = re.compile(r"^[ \t]*(?:for|while)\b", re.MULTILINE)
_CALL = re.compile(r"\b(\w+)\(")
# What is called or handed on: `train(epoch)`, `agent.learn(batch)`, `optimizer.step(closure)`.
_NAMED = re.compile(r"\b(\w+)(?=\(|\))")
_SETUP = re.compile(r"^(?:__init__|reset_parameters|_?init(?:ialize)?(?:_\w+)?)$")


def may_hold_tensors(text: str) -> bool:
    """Whether a file has to do with torch: it says so, or computes with tensors that it is given."""
    if "torch" in text or "def forward(" in text:
        return True
    return "numpy" not in text and _TENSOR_METHOD.search(text) is not None


def may_help(text: str) -> bool:
    """Whether functions of a file that others import can do something to a gradient."""
    return "torch" in text or _HELPS.search(text) is not None


def repeats_steps(script: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether a loop of a script, or of a function that it starts, runs what has a backward pass.

    What one call keeps, the next one meets. `script`: the texts of the file's own statements; `texts`: of
    all its blocks.
    """
    steps = {name for text in texts if "backward(" in text for name in _stepping(text)}
    if not steps:
        return False
    started = {name for text in script for name in _CALL.findall(text)}
    mains = [text for text in texts if (head := _FUNCTION.match(text)) is not None and head[1] in started]
    loops = [text for text in (*script, *mains) if _LOOP.search(text) is not None]
    return any(not steps.isdisjoint(_NAMED.findall(text)) for text in loops)


def _stepping(text: str) -> Iterator[str]:
    """The names of the functions in a text that run a backward pass."""
    _, *parts = _FUNCTION.split(text)
    return (name for name, body in zip(parts[::2], parts[1::2], strict=True) if "backward(" in body)


def suspected(text: str) -> frozenset[str] | None:
    """The functions of a block that may be worth running, by name, None for any; asked before parsing."""
    return None if _names_loss(text) or says_loss(text) else _worth_running(text)


def has_event(text: str) -> bool:
    """Whether a text holds what is wrong wherever it stands, if it is wrong at all."""
    return next(_events(text), None) is not None


def _events(text: str) -> Iterator[str]:
    for word in _EVENTS:
        if word in text:
            yield word
    for word, form in _EVENT_FORMS:
        if word in text and form.search(text) is not None:
            yield word


def worth_running(kind: Kind, name: str, text: str, criteria: frozenset[str] = frozenset()) -> bool:
    """Whether a function called `name` with this text must be followed; `criteria` as in `returns_number`."""
    if kind is Kind.LOSS:
        return True
    if _SETUP.match(name):
        if "requires_grad" in text and _ASKED.search(text):
            return True
        edited = "Parameter(" in text and (_OWN_EDIT.search(text) or _USED_PARAMETER.search(text))
        return bool(edited)
    if has_event(text):
        return kind is not Kind.METRIC or _may_be_loss(name, text) or _LEAVES.search(text) is not None
    if kind is Kind.NEUTRAL and returns_number(text, criteria):
        return True
    if kind is Kind.METRIC and _INVERTS.search(text) and measures(name):
        return True
    return kind is Kind.NEUTRAL and overwrites(text)


def is_quiet(kind: Kind, text: str) -> bool:
    """Whether a function is worth running only for what it returns, or for what it overwrites."""
    return kind is Kind.NEUTRAL and _KEPT.issuperset(_events(text))


def makes_new(text: str) -> bool:
    """Whether a text makes new tensors of numbers, or writes them into old ones, behind autograd's back."""
    return any(word in text and form.search(text) is not None for word, form in _EVENT_FORMS[1:]) or (
        ".data[" in text
    )


def returns_number(text: str, criteria: frozenset[str] = frozenset()) -> bool:
    """Whether a function has the text of one that makes a single number of a tensor and returns it.

    `criteria`: what its class keeps of torch's losses, `.crit(` as it is called.
    """
    if "return" not in text:
        return False
    return _makes_number(text) or says_loss(text) or any(name in text for name in criteria)


def _may_forget(text: str) -> bool:
    """Whether the class with this text may turn what it learns into what carries no gradient."""
    if "def forward(" not in text or not ("nn." in text or "Parameter(" in text):
        return False
    return may_lose(text)


def may_lose(text: str) -> bool:
    """Whether a text turns something into what carries no gradient, perhaps without meaning to."""
    return _has(text, LOSING) or _compares(text) or _COPIED.search(text) is not None


@lru_cache(maxsize=4)  # a class is asked about for each of its methods
def criteria_of(text: str) -> frozenset[str]:
    """The losses that a class keeps as modules, `self.crit = nn.MSELoss()`, each as it is called."""
    if "Loss(" not in text:
        return frozenset()
    return frozenset(f"{name}(" for held in _CRITERION.findall(text) for name in _HELD.findall(held))


def overwrites(text: str) -> bool:
    """Whether a text edits something in place, and has a formula that may have saved it."""
    saves = ".grad" in text or _has(text, _SAVES) or ("**" in text and _POWER.search(text) is not None)
    return saves and _edits_in_place(text)


def _may_be_loss(name: str, text: str) -> bool:
    """Whether a function that is called after a measure, or a verb, may return a loss all the same."""
    inverted = measures(name) and _NEGATES.search(text) is not None
    return inverted or (does_work(name) and _has(text, _LOSSES))


def _worth_running(text: str) -> frozenset[str] | None:
    """The functions of a block that names no loss that may be worth running, by their lines."""
    event = has_event(text)
    if event and text.startswith(("class ", "@")) and _has(text, _OTHER_LOSSES):
        return None
    inverts = _INVERTS.search(text) is not None
    criteria = criteria_of(text)
    forgets = _may_forget(text)
    if not (event or inverts or criteria or forgets or _makes_number(text) or overwrites(text)):
        return frozenset()
    worth = {"forward"} if forgets else set()
    found = [(match.start(), match[1]) for match in _FUNCTION.finditer(text)]
    for index, (begin, name) in enumerate(found):
        line = text.rfind("\n", 0, begin) + 1
        ends = (at for at, _ in found[index + 1 :] if at - text.rfind("\n", 0, at) - 1 <= begin - line)
        own = text[text.rfind("\n", 0, line - 1) + 1 if line else 0 : next(ends, len(text))]
        kind = Kind.METRIC if named_metric(name) else Kind.NEUTRAL
        if (inverts and measures(name)) or worth_running(kind, name, own, criteria):
            worth.add(name)
    return frozenset(worth)


def _compares(text: str) -> bool:
    """Whether a text stores a comparison, casts it or multiplies by it: `mask = x > 0`, `(x > 0).float()`."""
    for sign in _SIGNS:
        at = text.find(sign)
        while at >= 0:
            begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            if _COMPARED.match(text[begin : end if end >= 0 else len(text)]):
                return True
            at = text.find(sign, at + 1)
    return False


def _edits_in_place(text: str) -> bool:
    at = text.find("_(")
    while at >= 0:
        if _METHOD.match(text, text.rfind(".", 0, at)):
            return True
        at = text.find("_(", at + 2)
    for sign in ("+=", "-=", "*=", "/="):
        at = text.find(sign)
        while at >= 0:
            if _AUGMENTED.match(text, text.rfind("\n", 0, at) + 1):
                return True
            at = text.find(sign, at + 2)
    return any(_ITEM.match(text, text.rfind("\n", 0, end.start()) + 1) for end in _ITEM_END.finditer(text))


def _has(text: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110 - `any` with a generator takes twice the time
        if word in text:
            return True
    return False


def _makes_number(text: str) -> bool:
    """Whether the text makes a single number of a tensor somewhere."""
    if "loss_" in text and _OWN_LOSS.search(text) is not None:
        return True
    return any(common in text and _has(text, words) for common, words in _SCALARS.items())


def _names_loss(text: str) -> bool:
    for name, bases in _CLASS.findall(text):
        if "Loss" in bases or _is_loss(name):
            return True
    return any(map(_is_loss, _FUNCTION.findall(text)))


def _is_loss(name: str) -> bool:
    return not LOSS_WORDS.isdisjoint(words(name)) or name.endswith("_step")
