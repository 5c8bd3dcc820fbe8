"""What a text must contain before running it can say anything.

Most functions of a project can hold no break: they compute no loss and do nothing to a graph that is wrong in
any function. Looking at their text is a hundred times cheaper than running them.
"""

from __future__ import annotations

import re

from chainrule.flow.roles import LOSS_WORDS, Kind

# Wrong wherever it stands, if it is wrong at all.
_EVENTS = (
    "requires_grad",
    ".data",
    "tensor([",
    "Tensor([",
    "Tensor(",
    "Parameter(",
    "log_prob(",
    "backward(",
    "autograd",
    "deepcopy",
    "Variable(",
)
# A single number: what a loss returns even if nothing is called a loss.
_SCALARS = (
    ".mean()",
    ".sum()",
    ".max()",
    ".min()",
    ".logsumexp(",
    ".std()",
    ".norm()",
    ".square()",
    "torch.mean(",
    "torch.sum(",
    "torch.norm(",
    "torch.tensor(",
    "_loss(",
    "entropy(",
    "kl_div(",
    "math.",
    "numpy()",
    "np.",
)
_BUILTIN = re.compile(r"(?<![.\w])(?:sum|max|min)\(")
# An edit in place, and a formula that may have saved what it overwrites.
_INPLACE = re.compile(r"[-+*/]=[^\S\n]*[^\s\d]|[a-z]_\(|\][^\S\n]*=[^=]")
_SAVES = re.compile(r"[rR]e[lL][uU]|[sS]igmoid|[tT]anh|exp\(|softmax|sqrt|pow\(|\*\*|norm\(|Linear|Conv|Cell")


def may_break(text: str) -> bool:
    """Whether a block's text can hold a break; the cheapest test, before parsing."""
    if any(word in text for word in _EVENTS) or any(word in text for word in _SCALARS):
        return True
    lowered = text.lower()
    return any(word in lowered for word in LOSS_WORDS)


def worth_running(kind: Kind, text: str) -> bool:
    """Whether a function with this text must be followed."""
    if kind is Kind.LOSS or any(word in text for word in _EVENTS):
        return True
    if kind is Kind.NEUTRAL and "return" in text:
        if any(word in text for word in _SCALARS) or _BUILTIN.search(text) is not None:
            return True
    return _INPLACE.search(text) is not None and _SAVES.search(text) is not None
