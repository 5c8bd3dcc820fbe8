"""What the names of parameters mean to people who write losses."""

from __future__ import annotations

import re


def _word(*words: str) -> re.Pattern[str]:
    """A part of a snake_case name, digits after it allowed."""
    return re.compile(rf"(^|_)({'|'.join(' '.join(words).split())})[0-9]*($|_)", re.IGNORECASE)


def _last(*words: str) -> re.Pattern[str]:
    """The last part of a snake_case name."""
    return re.compile(rf"(^|_)({'|'.join(' '.join(words).split())})[0-9]*$", re.IGNORECASE)


CLASSES = _last(
    "labels? lbls? class(es)? class_?ids? categor\\w+ cls tags? ids? pids? camids? tokens? actions?",
    "group(s|_ids?)?",
    "assignments? idx indices index rows speakers? inds? genre",
)
TARGETS = re.compile(
    _word("targets? tgts? ys gts? true truth ground_?truth real ref reference trg gold annotations?").pattern
    + r"|^y[0-9]*($|_)",
    re.IGNORECASE,
)
PREDICTIONS = re.compile(r"(pred|logit|output|score|prob|hat|recon|emb|feat)", re.IGNORECASE)
MASKS = _word("masks? valid pad(ding)? block keep ignore is_\\w+ has_\\w+ visible visibility dones?")
BOXES = _word("boxes bbox(es)? box")
IMAGES = _word(
    "imgs? images? pictures? frames? depth disp flow video heatmaps? seg\\w* warped sr hr fake_b real_b"
)
MODELS = re.compile(
    r"(^|_)(model|net|network|critic|discriminator|generator|encoder|decoder|backbone|D|G|netD|netG|fn|func|function"
    r"|denoiser|classifier)$"
)
LOSSES = re.compile(r"(criterion|loss_fn|loss_func|loss_function|base_loss|(^|_)crit($|_))", re.IGNORECASE)
UNIT = _word(
    "probs? probabilit\\w+ p confidence iou overlap sigmas? std var variance rewards? weights? scale"
)
VECTOR = re.compile(
    r"(^|_)(rewards?|returns?|adv|advantages?|dones?|rates?|quality|weights?|durations?|times?|lengths?|energy"
    r"|energies)($|_)",
    re.IGNORECASE,
)
INTEGERS = re.compile(
    r"(^|_)(n|k|m|num\w*|n_\w+|dims?|d|size|\w*_size|\w*_dims?|channels?|\w*_channels?|\w*features|hidden\w*|steps?"
    r"|epochs?|iter\w*|batch_idx|batch_index|window\w*|bins?|levels?|classes|n?class\w*|max_\w+|length|len"
    r"|topk|top_k|degree|order|d_model|nhead|heads?|depth|layers?|in_\w+|out_\w+|feat|embed|width|height|blank|t|stride"
    r"|radius)$",
    re.IGNORECASE,
)
FLOATS = re.compile(
    r"(^|_)(margin|alpha|beta|gamma|eps(ilon)?|temperature|temp|tau|lam(bda)?\w*|lmbda|coef\w*|threshold|thresh|thr"
    r"|delta|scale|lr|smooth\w*|weight|ratio|rate|dropout|p|q|eta|mu|sigma|gap|kappa|clip\w*|factor|momentum|w|c"
    r"|step|start|end|low|high|min\w*|max\w*|confidence|penalty|discount|focal\w*|\w+_coef|\w+_margin|\w+_scale)$",
    re.IGNORECASE,
)
NUMBERS = re.compile(
    r"margin|alpha|beta|gamma|eps|epsilon|temperature|temp|tau|lam|lambda_\w*|lmbda|threshold|n|k|num_\w+|n_\w+"
    r"|step|global_step|epoch|batch_idx|batch_index|reduction|coef\w*|dim|axis|min_gap|gap|smoothing|\w+_weight"
    r"|\w+_coef|\w+_margin|lr|bins|device",
    re.IGNORECASE,
)
"""Arguments of a loss (not of a constructor) that are numbers, where nothing in the code says otherwise."""
