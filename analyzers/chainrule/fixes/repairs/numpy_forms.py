"""Functions of numpy that torch has in another form: the text of each call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Spell = Callable[[str], str]


def form(name: str, given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    """The torch text of a numpy call with these argument texts; "" where this is no such function."""
    made = _FORMS.get(name)
    return made(given, named, spell) if made is not None else ""


def has_form(name: str) -> bool:
    return name in _FORMS


def _covariance(name: str) -> Callable[[list[str], Mapping[str, str], Spell], str]:
    def written(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
        if len(given) == 2 and not named:
            return f"{spell(f'torch.{name}')}({spell('torch.stack')}([{given[0]}, {given[1]}]))"
        if len(given) == 1 and named.get("rowvar") == "False" and len(named) == 1:
            return f"{spell(f'torch.{name}')}({given[0]}.T)"
        return ""

    return written


def _cross(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    return f"{spell('torch.linalg.cross')}({given[0]}, {given[1]})" if len(given) == 2 and not named else ""


def _interp(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    """Piecewise linear: the first value, and the rise of every piece up to the place that is asked for."""
    if len(given) != 3 or named:
        return ""
    x, places, values = given
    steps, rises = f"{places}.diff()", f"({values}.diff() / {places}.diff())"
    run = f"({x}.unsqueeze(-1) - {places}[:-1]).clamp(min=0).minimum({steps})"
    return f"{values}[0] + ({run} * {rises}).sum(-1)"


def _average(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    weights = named.get("weights")
    if len(given) != 1 or weights is None or len(named) != 1:
        return ""
    return f"({given[0]} * {weights}).sum() / {weights}.sum()"


def _percentile(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    return f"{spell('torch.quantile')}({given[0]}, {given[1]} / 100)" if len(given) == 2 and not named else ""


def _ptp(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    return f"({given[0]}.max() - {given[0]}.min())" if len(given) == 1 and not named else ""


def _gradient(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    if len(given) != 1 or named.keys() != {"axis"}:
        return ""
    return f"{spell('torch.gradient')}({given[0]}, dim={named['axis']})[0]"


def _svd(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    plain = len(given) == 1 and dict(named) == {"compute_uv": "False"}
    return f"{spell('torch.linalg.svdvals')}({given[0]})" if plain else ""


def _correlate(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    mode = (named.get("mode") or (given[2] if len(given) == 3 else "'valid'")).strip("'\"")
    if len(given) < 2 or named.keys() - {"mode"} or mode not in ("full", "valid"):
        return ""
    padding = f", padding={given[1]}.numel() - 1" if mode == "full" else ""
    pair = f"{given[0]}[None, None], {given[1]}[None, None]"
    return f"{spell('torch.nn.functional.conv1d')}({pair}{padding})[0, 0]"


def _convolve(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    mode = (named.get("mode") or (given[2] if len(given) == 3 else "'full'")).strip("'\"")
    if len(given) < 2 or named.keys() - {"mode"} or mode not in ("full", "valid", "same"):
        return ""
    x, taps = given[:2]
    padding = f", padding={taps}.numel() - 1" if mode != "valid" else ""
    convolved = (
        f"{spell('torch.nn.functional.conv1d')}({x}[None, None], {taps}.flip(0).to({x})[None, None]{padding})"
    )
    if mode == "same":
        first = f"({taps}.numel() - 1) // 2"
        return f"{convolved}[0, 0].narrow(0, {first}, {x}.numel())"
    return f"{convolved}[0, 0]"


_PADDED = {"edge": "replicate", "reflect": "reflect", "wrap": "circular"}


def _pad(given: list[str], named: Mapping[str, str], spell: Spell) -> str:
    """One pair of widths, of an array with one dimension; the other modes are of torch's batches."""
    mode = (named.get("mode") or (given[2] if len(given) == 3 else "'constant'")).strip("'\"")
    pair = re.search(r"\([^(),]*,[^(),]*\)", given[1]) if len(given) >= 2 else None
    if pair is None or given[1].count(",") > 1 or named.keys() - {"mode"}:
        return ""
    pad = spell("torch.nn.functional.pad")
    if mode == "constant":
        return f"{pad}({given[0]}, {pair[0]})"
    return f'{pad}({given[0]}[None], {pair[0]}, mode="{_PADDED[mode]}")[0]' if mode in _PADDED else ""


_FORMS: Mapping[str, Callable[[list[str], Mapping[str, str], Spell], str]] = {
    "cov": _covariance("cov"),
    "corrcoef": _covariance("corrcoef"),
    "cross": _cross,
    "interp": _interp,
    "average": _average,
    "percentile": _percentile,
    "ptp": _ptp,
    "convolve": _convolve,
    "correlate": _correlate,
    "gradient": _gradient,
    "linalg.svd": _svd,
    "pad": _pad,
}
