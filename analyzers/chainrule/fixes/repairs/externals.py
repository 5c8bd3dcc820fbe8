"""What functions of scipy and scikit-learn compute, written with torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Spell = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a call in torch; `instead` says what a surrogate computes, "" where the values are equal.

    `pair`: the library returns (statistic, p-value), and the text is the statistic alone.
    """

    text: str
    instead: str = ""
    pair: bool = False


_SPECIAL = {
    "expit": "torch.sigmoid",
    "gammaln": "torch.lgamma",
    "loggamma": "torch.lgamma",
    "erf": "torch.erf",
    "erfc": "torch.erfc",
    "digamma": "torch.digamma",
    "psi": "torch.digamma",
    "logit": "torch.logit",
    "xlogy": "torch.xlogy",
    "ndtr": "torch.special.ndtr",
    "i0": "torch.i0",
    "entr": "torch.special.entr",
}
_ALONG = {"logsumexp": "torch.logsumexp", "softmax": "torch.softmax", "log_softmax": "torch.log_softmax"}
_ERRORS = {
    "mean_squared_error": "({0} - {1}).square().mean()",
    "mean_absolute_error": "({0} - {1}).abs().mean()",
    "root_mean_squared_error": "({0} - {1}).square().mean().sqrt()",
    "max_error": "({0} - {1}).abs().max()",
    "mean_squared_log_error": "({0}.log1p() - {1}.log1p()).square().mean()",
    "r2_score": "1 - ({0} - {1}).square().sum() / ({0} - {0}.float().mean()).square().sum()",
    "explained_variance_score": "1 - ({0} - {1}).var() / {0}.float().var()",
}
"""Of (truth, prediction), in the order of scikit-learn."""
_BY_OUTPUT = frozenset(["r2_score", "explained_variance_score", "root_mean_squared_error"])
"""Those that scikit-learn computes for each output, and averages."""
_DISTANCES = {"euclidean": "p=2", "cityblock": "p=1", "chebyshev": 'p=float("inf")'}


def external(dotted: str, given: list[str], named: Mapping[str, str], spell: Spell) -> Written | None:
    """A call of the function `dotted`, with the texts of its arguments; None where it is not known here."""
    module, _, name = dotted.rpartition(".")
    if module == "scipy.special" and not named.keys() - {"axis"}:
        return _special(name, given, named, spell)
    if module.startswith("sklearn.metrics") and len(given) == 2:
        return _metric(name, given[0], given[1], named, spell)
    if module == "scipy.spatial.distance":
        return _distance(name, given, named, spell)
    if dotted == "scipy.stats.entropy" and len(given) == 1 and not named.keys() - {"axis"}:
        axis = named.get("axis", "0")
        shares = f"{given[0]} / {given[0]}.sum({axis}, keepdim=True)"
        return Written(f"{spell('torch.special.entr')}({shares}).sum({axis})")
    if module.startswith("scipy.stats") and len(given) == 2 and not named:
        return _correlation(name, given[0], given[1], spell)
    return None


def _special(name: str, given: list[str], named: Mapping[str, str], spell: Spell) -> Written | None:
    if name in _SPECIAL and not named:
        return Written(f"{spell(_SPECIAL[name])}({', '.join(given)})")
    if name in _ALONG and len(given) + len(named) == 2:
        dim = named.get("axis") or given[1]
        return Written(f"{spell(_ALONG[name])}({given[0]}, dim={dim})")
    return None


def _metric(name: str, truth: str, predicted: str, named: Mapping[str, str], spell: Spell) -> Written | None:
    if name in _ERRORS and not named:
        text = _ERRORS[name].format(truth, predicted)
        whole = "over all elements at once" if name in _BY_OUTPUT else ""
        return Written(f"({text})" if text.startswith("1 -") else text, whole)
    if name == "roc_auc_score" and not named:
        gap = f"{predicted}[{truth} == 1].unsqueeze(-1) - {predicted}[{truth} == 0]"
        return Written(f"{spell('torch.sigmoid')}(({gap}) * 10).mean()", "a sigmoid counts the right pairs")
    if name == "ndcg_score" and not named.keys() - {"k"}:
        ranks = f"{_ranks(predicted, spell, down=True)} + 1"
        places = f"{spell('torch.arange')}({truth}.shape[-1], device={truth}.device) + 2"
        log2 = spell("torch.log2")
        gain = f"({truth} / {log2}({ranks})).sum(-1)"
        best = f"({truth}.sort(descending=True).values / {log2}({places})).sum(-1)"
        return Written(f"({gain} / {best}).mean()", "with soft ranks, of the whole list")
    return None


def _ranks(scores: str, spell: Spell, down: bool = False) -> str:
    """The rank of every element, from 1; a sigmoid counts those before it."""
    pair = (f"{scores}.unsqueeze(-1)", f"{scores}.unsqueeze(-2)")
    one, other = pair[::-1] if down else pair
    return f"{spell('torch.sigmoid')}(({one} - {other}) * 10).sum(-1) + 0.5"


def _distance(name: str, given: list[str], named: Mapping[str, str], spell: Spell) -> Written | None:
    metric = (named.get("metric") or (given[2] if len(given) == 3 else "'euclidean'")).strip("'\"")
    if name == "cdist" and len(given) in (2, 3) and not named.keys() - {"metric"}:
        call = f"{spell('torch.cdist')}({given[0]}, {given[1]}"
        if metric == "sqeuclidean":
            return Written(f"{call}).square()")
        return Written(f"{call}, {_DISTANCES[metric]})") if metric in _DISTANCES else None
    if name == "pdist" and len(given) == 1 and not named:
        return Written(f"{spell('torch.pdist')}({given[0]})")
    if name == "squareform" and len(given) == 1 and not named:
        inner = given[0].removeprefix(f"{spell('torch.pdist')}(").removesuffix(")")
        return Written(f"{spell('torch.cdist')}({inner}, {inner})") if inner.isidentifier() else None
    if len(given) == 2 and not named:
        if name == "euclidean":
            return Written(f"{spell('torch.linalg.vector_norm')}({given[0]} - {given[1]})")
        if name == "sqeuclidean":
            return Written(f"({given[0]} - {given[1]}).square().sum()")
        if name == "cosine":
            similarity = spell("torch.nn.functional.cosine_similarity")
            return Written(f"(1 - {similarity}({given[0]}, {given[1]}, dim=0))")
    return None


def _correlation(name: str, one: str, other: str, spell: Spell) -> Written | None:
    corrcoef, stack = spell("torch.corrcoef"), spell("torch.stack")
    if name == "pearsonr":
        return Written(f"{corrcoef}({stack}([{one}, {other}]))[0, 1]", pair=True)
    if name == "spearmanr":
        ranks = f"{_ranks(one, spell)}, {_ranks(other, spell)}"
        return Written(f"{corrcoef}({stack}([{ranks}]))[0, 1]", "with soft ranks", pair=True)
    if name == "kendalltau":
        tanh = spell("torch.tanh")
        gaps = [f"{tanh}(({x}.unsqueeze(-1) - {x}) * 10)" for x in (one, other)]
        count = f"({one}.numel() * ({one}.numel() - 1))"
        return Written(f"({gaps[0]} * {gaps[1]}).sum() / {count}", "with a smooth sign", pair=True)
    return None
