"""Names that sound like a loss, or like a tensor, and stand for something else."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from chainrule.syntax import walk_tree

# What a function gives that has a loss in its name, by its last word: `jacobian_loss_wrt_inputs`.
_GIVEN = frozenset(("kernel", "inputs", "jacobian", "hessian", "bypass", "scoring", "reference", "scales"))
# `Estimator.for_loss(module)` makes an estimator.
_PREPOSITIONS = frozenset(("for", "from", "with"))
# What a surrogate stands for in a training; a surrogate gradient, or the bypass of one, is no loss.
_SURROGATES = frozenset(("surrogate", "loss", "objective"))
# What a criterion judges that trains something; by others one stops, splits or selects.
_JUDGED = frozenset(("prediction", "target", "callable", "data"))
# Objects that only hold or name data, by the last word of an argument's name.
_HOLDERS = frozenset(
    """dataset datasets dataloader dataloaders loader loaders tokenizer vocab vocabulary logger writer dir
    directory file filename folder url""".split()
)
_ITERATED = frozenset(("Iterable", "Iterator", "Generator", "DataLoader", "Dataset"))


def is_no_loss(named: tuple[str, ...], sounding: Iterable[str], roles: Iterable[str]) -> bool:
    """Whether a name with words of a loss (`sounding`) is none.

    `roles`: those of the arguments that a function takes, by their names.
    """
    if named[-1] in _GIVEN or (len(named) == 2 and named[0] in _PREPOSITIONS):
        return True
    match list(sounding):
        case ["surrogate"]:
            return named[-1] not in _SURROGATES
        case ["criterion"]:
            return _JUDGED.isdisjoint(roles)
        case ["reg"]:  # `smooth_reg`, `RegTerm`; in `ConformalRegCQR` a regression
            return "reg" not in (named[0], named[-1]) and named[-1] != "term"
        case ["contrast"]:  # of an image
            return next(iter(roles), "") == "data"
        case _:
            return False


def tells_fakes(function: str, source: str) -> bool:
    """Whether a loss is that of a discriminator, which learns to tell a `fake` from what is real."""
    name = function.rpartition(".")[2].lower()
    judges = "discriminator" in name or "critic" in name or name.startswith(("disc_", "d_"))
    return judges and any(word in source.lower() for word in ("fake", "generated"))


def is_holder(named: tuple[str, ...]) -> bool:
    """Whether an argument's name is that of a data set, a place on disk or a tool: no tensor."""
    return bool(named) and named[-1] in _HOLDERS


def is_iterated(annotation: ast.expr | None) -> bool:
    """Whether an argument is annotated as what a loop runs over: a `generator` of batches is no network."""
    return annotation is not None and any(
        (isinstance(node, ast.Name) and node.id in _ITERATED)
        or (isinstance(node, ast.Attribute) and node.attr in _ITERATED)
        for node in walk_tree(annotation)
    )


def class_called(argument: str) -> str:
    """The class that an argument may be called after: `feature_net` is a `FeatureNet`."""
    return argument.title().replace("_", "")
