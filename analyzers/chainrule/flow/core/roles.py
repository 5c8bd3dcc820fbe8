"""Which arguments of a loss should learn.

Names are evidence, as they are for a human reader; a `requires_grad=True` in an example call is stronger.
"""

from __future__ import annotations

from functools import lru_cache

from chainrule.flow.core.titles import is_holder
from chainrule.flow.core.words import LOSS_WORDS, words

_PREDICTION = frozenset(
    """pred preds predict predicted prediction predictions output outputs out outs logit logits score
    scores yhat hat recon reconstruction reconstructed generated fake student prob probs probability
    probabilities logp logprob logprobs embedding embeddings emb embs feature features feats feat
    estimate estimated est pr anchor query queries flow disp disparity warped sr heat heatmap heatmaps
    mu logvar log_var logstd log_std logsigma log_sigma rho policy q_values gate gates confidence conf
    attention attn activation activations
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
    observations noise text tokens input_ids context positions t time timestep times timesteps""".split()
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
_MEANS = frozenset(("mean", "means", "loc", "locs"))
_CRITERIA = frozenset(("criterion", "criterions", "crit", "lossfn", "lossfunc"))
_FUNCTIONS = frozenset(("fn", "func", "function"))
LEARNS = frozenset(("parameter", "leaf", "callable"))
# Roles of what may be meant to learn, and of what certainly is.
WAITING = frozenset(("prediction", "parameter", "leaf", "callable", "unknown", "data"))
STRONG = frozenset(("prediction", "parameter", "leaf", "callable"))
MAY_LEARN = WAITING - {"data"}
# `est_targets`: targets as a model gives them.
_ESTIMATED = frozenset(("est", "estimate", "estimated"))
_TEACHERS = frozenset(("teacher", "ema", "target", "old", "frozen", "reference", "ref", "momentum"))


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
    if parts[-1] in ("size", "sizes"):
        return "setting"  # of a window, a batch, the parts of a split
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


def is_function(name: str) -> bool:
    """Whether an argument is called after just any function: `fn`, `loss_function`, `f`."""
    parts = words(name)
    return name == "f" or not _FUNCTIONS.isdisjoint(parts) or not LOSS_WORDS.isdisjoint(parts)


def is_network(name: str) -> bool:
    """Whether an argument is called after a network or a layer, not after just any function."""
    last = words(name)[-1:]
    return last == ("cell",) or (bool(last) and last[0] in _CALLABLE and last[0] not in _FUNCTIONS)


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
    if is_ambiguous(first) and "prediction" not in roles.values():
        roles[first] = "unknown"
    if "p" in names and any(role == "prediction" for name, role in roles.items() if name not in ("p", "q")):
        roles["p"] = "setting"  # `minkowski_loss(pred, target, p)`: the exponent of a norm
    if any(roles[name] == "prediction" and name.lower().startswith("log") for name in names):
        # `gaussian_nll(mean, log_var, y)`: a network gives both.
        roles |= {name: "prediction" for name in names if name in _MEANS and roles[name] == "unknown"}
    targets = [index for index, name in enumerate(names) if roles[name] == "target"]
    if targets and not any(role == "prediction" for role in roles.values()):
        for name in names[: targets[0]]:
            if roles[name] == "unknown":
                roles[name] = "prediction"
    return roles


def is_ambiguous(name: str) -> bool:
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


# Ends by which two of a kind are told apart: first and second, positive and negative, left and right.
_TWINS = frozenset(("ab", "ij", "np", "lr"))


def are_alike(name: str, other: str) -> bool:
    """Whether two arguments are called the same but for a number or a letter: `z1`, `z2`; `z_a`, `z_b`."""
    if name == other:
        return False
    if name.rstrip("0123456789") == other.rstrip("0123456789"):
        return True
    ends = "".join(sorted((name[-1:], other[-1:])))
    return len(name) > 1 and name[:-1] == other[:-1] and ends in _TWINS
