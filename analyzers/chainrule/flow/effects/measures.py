"""Scores of torchmetrics and torcheval, under whichever name: `BinaryF1Score`, `multiclass_f1_score`."""

from __future__ import annotations

from chainrule.gradient_facts import Operator, lookup

_SCORES = """accuracy f1_score fbeta_score precision recall specificity jaccard_index auroc average_precision
    cohen_kappa matthews_corrcoef hamming_distance confusion_matrix""".split()
_BY_LETTERS = {name.replace("_", ""): name for name in _SCORES}
_TASKS = ("binary", "multiclass", "multilabel")


def score(dotted: str) -> Operator | None:
    """The facts about a function or class of a library of scores, None where it is no score that is known."""
    if dotted.partition(".")[0] not in ("torchmetrics", "torcheval"):
        return None
    letters = dotted.rpartition(".")[2].replace("_", "").lower()
    for task in _TASKS:
        letters = letters.removeprefix(task)
    name = _BY_LETTERS.get(letters)
    return lookup(f"torchmetrics.functional.{name}") if name is not None else None
