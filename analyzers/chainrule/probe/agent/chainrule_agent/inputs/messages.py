"""Which repair answers which complaint, of torch's or of the loss's own checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .failures import Failure
from .ranks import all_rank, rank, spatial, to_rank, to_rank_all_first
from .repair import (
    Repair,
    all_unit,
    at_least,
    batch,
    bigger,
    bigger_batch,
    channels,
    class_target,
    even,
    last_size,
    lower_high,
    matmul,
    same_shape,
    set_kind,
    sizes,
    square,
    unify,
)
from .restructure import (
    constructor_sizes,
    give_optional,
    missing,
    same_length,
    shake,
    to_list,
    to_model,
    to_none,
    to_tensor,
    to_value,
    unpack,
    with_key,
    with_option,
)
from .specs import Candidate


def repairs(candidate: Candidate, failure: Failure) -> Iterator[tuple[int, Candidate]]:
    """Changed candidates, the likeliest first, each with what it costs to believe in it."""
    place = 0
    for pattern, rules in RULES:
        match = pattern.search(failure.text)
        if match is None:
            continue
        for rule in rules:
            for repaired in rule(candidate, failure, match):
                yield 1 + place // 2, repaired
                place += 1
    for repaired in shake(candidate, failure):
        yield 5 + place // 2, repaired
        place += 1


def _on(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


RULES: list[tuple[re.Pattern[str], list[Repair]]] = [
    # sizes
    (_on(r"shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x\d+\)"), [matmul]),
    (_on(r"size mismatch, got input \((\d+)\), mat \(\d+x(\d+)\), vec \((\d+)\)"), [unify]),
    (
        _on(r"tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)"),
        [unify],
    ),
    (_on(r"first two dimensions of batch2 tensor to be: \[(\d+), \d+\] but got: \[(\d+)"), [unify]),
    (_on(r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)"), [batch]),
    (_on(r"Expected target size \[(\d+), \d+\], got \[(\d+)"), [unify]),
    (_on(r"Expected size (\d+) but got size (\d+) for tensor number"), [unify]),
    (_on(r"to be equal size, but got \[(?:\d+, )*(\d+)\] at entry 0 and \[(?:\d+, )*(\d+)\]"), [unify]),
    (_on(r"shape of the mask \[(\d+).*does not match the shape of the indexed tensor \[(\d+)"), [unify]),
    (_on(r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]"), [unify]),
    (_on(r"The expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)"), [unify]),
    (
        _on(r"has size (\d+) for operand \d+ which does not broadcast with previously seen size (\d+)"),
        [unify],
    ),
    (_on(r"operands do not broadcast with remapped shapes .*?(\d+)\].*?(\d+)\]"), [unify]),
    (_on(r"Using a target size .*?(\d+)\]\).*?(\d+)\]\)"), [same_shape]),
    (_on(r"to have (\d+) channels, but got (\d+) channels"), [channels]),
    (_on(r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)"), [channels]),
    (_on(r"Given normalized_shape=\[(\d+)\], .*?(\d+)\]$"), [channels]),
    (_on(r"running_mean should contain (\d+) elements not (\d+)"), [sizes(wanted=2, given=1)]),
    # kinds
    (
        _on(
            r"only applicable to index tensor|used as indices must be|[Ee]xpected dtype int|must be integer",
            r"expected scalar type Long|following scalar types: Long, Int|can only be applied to .*int",
            r"nll_loss_forward.*not implemented for 'Float'|only supports? integer|\"bincount\"",
            r"[Ee]xpect\w* long type",
        ),
        [set_kind("long", ("target", "index", "indices", "tensor", "input"), last_first=True)],
    ),
    (
        _on(
            r"expected scalar type (?:Float|Double)|not implemented for '(?:Long|Bool|Int)'|Found dtype Long",
            r"could not infer output dtype|Expected (?:a )?floating point|must be either a floating point",
            r"with a bool tensor is not supported|dtype.*Long.*expected.*Float|type Float can't be cast",
            r"only Tensors of floating point|Expected all.*float|cannot be converted to type (?:u?int|bool)",
        ),
        [set_kind("unit")],
    ),
    (
        _on(r"all elements of \w+ should be between 0 and 1|to satisfy the constraint"),
        [set_kind("unit", ("input", "probs", "target"))],
    ),
    # numbers of dimensions
    (_on(r"[Ee]xpected (?:a )?(?:\d\w* \(?or |all )?(\d)-?D"), [to_rank]),
    (_on(r"(?:must be|expects?|requires?|be) (?:a |an )?(\d)-?[Dd](?:im)? ?"), [to_rank]),
    (_on(r"\d+D \(unbatched\) or (\d)D \(batched\)", r"Input dimension should be at least (\d)"), [to_rank]),
    (_on(r"(?:not enough|too many) values to unpack \(expected (\d+)"), [unpack]),
    (_on(r"length\(dims\) = (\d+)", r"number of subscripts in the equation \((\d+)\)"), [to_rank]),
    (
        _on(
            r"Dimension out of range|too many indices|[Dd]imension specified as|tuple index out of range",
            r"at least \d+ dimension|invalid dimensions|must have at least|0-d tensor|zero-dimensional",
        ),
        [rank(1)],
    ),
    (
        _on(r"1D tensors expected|vector|expected 1D|must be 1|multi-target not supported|only one element"),
        [rank(-1)],
    ),
    (
        _on(r"out of bounds|out of range in self|Class values must be (?:smaller|less)|in range \[0, ?\d"),
        [lower_high],
    ),
    # other things than a tensor
    (
        _on(r"object is not callable|has no attribute '(?:parameters|forward|train|eval|named_parameters)'"),
        [to_model],
    ),
    (
        _on(
            r"Boolean value of Tensor|cannot be interpreted as an integer|must be tuple of ints|unhashable",
            r"must be (?:int|float|Number|real number|bool), not Tensor|to a? ?(?:Python )?[Ss]calar",
            r"cannot be converted to Scalar|not a valid value for reduction|expected .* but got Tensor",
        ),
        [to_value],
    ),
    (_on(r"(\w+) (?:is|are) not supported|(?:unexpected|no) (\w+)"), [to_none]),
    (_on(r"missing \d+ required (?:positional|keyword-only) argument"), [missing]),
    (
        _on(r"NoneType|is None|be None|(?:is|are) required|None is not|be (?:provided|specified|given)"),
        [give_optional, all_rank(4)],
    ),
    (
        _on(
            r"'(?:float|int|str|NoneType|Linear|SimpleNamespace|dict|bool)' object (?:has no|is not)",
            r"must be Tensor, not|argument 'input' .*must be Tensor|has no len",
        ),
        [to_tensor],
    ),
    (
        _on(r"expected Tensor as element|must be tuple of Tensors|is not a sequence|list of Tensors"),
        [to_list],
    ),
    (_on(r"^'(\w+)'$|has no attribute '(\w+)'"), [with_key]),
    (_on(r"^'(\w+)'$"), [with_option]),
    # sizes again, where the message says less
    (_on(r"shape '\[.*\]' is invalid|cannot reshape"), [rank(1), rank(-1)]),
    (_on(r"multi-target not supported|0D or 1D target"), [class_target]),
    (
        _on(r"inconsistent (?:input|hidden)_size: got (\d+),? expected (\d+)"),
        [sizes(wanted=2, given=1), rank(1)],
    ),
    (_on(r"found element of type float|'float' object cannot be interpreted"), [constructor_sizes]),
    (
        _on(r"Boolean value of Tensor|[Ii]ndex is supposed to be a vector|source tensor shape must match"),
        [rank(-1)],
    ),
    (_on(r"not divisible|must be divisible|should be even"), [even]),
    (
        _on(
            r"at least (\d+) ?x ?\d+|(?:larger|greater|bigger) than \D{0,20}(\d{2,})",
            r"got: padding \((\d+)|minimum (?:size|length)\D+(\d+)",
        ),
        [at_least],
    ),
    (
        _on(r"values to be (?:greater|less|lower)|non-?negative|be positive|\[0, ?1\]|between 0 and 1"),
        [all_unit],
    ),
    (
        _on(r"dimensions to be (?:between )?(\d)|dimensions?\D{0,20}(\d)\D+got|of length (\d)"),
        [to_rank_all_first],
    ),
    (
        _on(r"(?i)(?:different|same|mismatched)\)? shapes?|shapes? (?:mismatch|do(?:es)? not match|must)"),
        [same_shape],
    ),
    (_on(r"(?i)(\d) spatial dim|only (\d)d (?:images?|data|inputs?)"), [spatial]),
    (_on(r"(?i)dimensions? (?:for|of) .* same"), [same_shape]),
    (_on(r"(\w+)? ?(?:must|should|to) be (?:a )?(?:(\w) ?x ?\2\b|square)"), [square]),
    (_on(r"(?i)2D? ?(?:and|or|,) ?3D|spatial dimensions required"), [all_rank(4), all_rank(5)]),
    (
        _on(r"last dimension of size (\d)", r"should have (\d+) channel|[Cc]hannel dim\D+ equal to (\d+)"),
        [last_size],
    ),
    (_on(r"(?i)batch.?size \D*(?:greater|larger|bigger|at least|>)"), [bigger_batch]),
    (_on(r"(?i)same (?:length|number)|lengths? (?:must|should|do|mismatch)"), [same_length]),
    (_on(r"B ?x ?C ?x ?H ?x ?W|\(?N, ?C, ?H, ?W\)?|\*xCxHxW"), [all_rank(4)]),
    (_on(r"batch2 tensor to be: \[\d+, (\d+)\] but got: \[\d+, (\d+)\]"), [sizes(wanted=2, given=1)]),
    (_on(r"Kernel size can't be greater|Padding size should be less|[Oo]utput size.*too small"), [bigger]),
]
"""Patterns of messages and what to try, in order; every rule that matches has its turn."""
