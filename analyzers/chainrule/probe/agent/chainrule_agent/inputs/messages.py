"""Which repair answers which of torch's complaints."""

from __future__ import annotations

import re
from typing import Callable, Iterator, Tuple

from .failures import Failure
from .repair import (
    all_rank,
    all_unit,
    at_least,
    batch,
    bigger,
    channels,
    class_target,
    constructor_sizes,
    give_optional,
    lower_high,
    matmul,
    missing,
    rank,
    replace_size,
    same_shape,
    set_kind,
    shake,
    to_any_rank,
    to_list,
    to_model,
    to_none,
    to_rank,
    to_tensor,
    to_value,
    unify,
    unpack,
    with_key,
)
from .specs import Candidate

Rule = Tuple["re.Pattern[str]", Callable[..., Iterator[Candidate]]]


def repairs(candidate: Candidate, failure: Failure) -> Iterator[tuple[int, Candidate]]:
    """Changed candidates, the likeliest first, each with what it costs to believe in it; the failed one stays as it is."""
    place = 0
    for pattern, rule in RULES:
        match = pattern.search(failure.text)
        if match is not None:
            for repaired in rule(candidate, failure, match):
                yield 1 + place // 2, repaired
                place += 1
    for place, repaired in enumerate(shake(candidate, failure), place):
        yield 5 + place // 2, repaired


def _rule(pattern: str, *rules: Callable[..., Iterator[Candidate]]) -> list[Rule]:
    return [(re.compile(pattern), rule) for rule in rules]


RULES: list[Rule] = [
    *_rule(r"shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x\d+\)", matmul),
    *_rule(r"size mismatch, got input \((\d+)\), mat \(\d+x(\d+)\), vec \((\d+)\)", unify),
    *_rule(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)", unify),
    *_rule(r"Expected size for first two dimensions of batch2 tensor to be: \[(\d+), \d+\] but got: \[(\d+)", unify),
    *_rule(r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)", batch),
    *_rule(r"Expected target size \[(\d+), \d+\], got \[(\d+)", unify),
    *_rule(r"Expected size (\d+) but got size (\d+) for tensor number", unify),
    *_rule(r"stack expects each tensor to be equal size, but got \[(?:\d+, )*(\d+)\] at entry 0 and \[(?:\d+, )*(\d+)\]", unify),
    *_rule(r"shape of the mask \[(\d+).*does not match the shape of the indexed tensor \[(\d+)", unify),
    *_rule(r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]", unify),
    *_rule(r"The expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)", unify),
    *_rule(r"subscript \w+ has size (\d+) for operand \d+ which does not broadcast with previously seen size (\d+)", unify),
    *_rule(r"operands do not broadcast with remapped shapes .*?(\d+)\].*?(\d+)\]", unify),
    *_rule(r"Using a target size .*?(\d+)\]\).*?(\d+)\]\)", same_shape),
    *_rule(r"to have (\d+) channels, but got (\d+) channels", channels),
    *_rule(r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)", channels),
    *_rule(r"Given normalized_shape=\[(\d+)\], .*?(\d+)\]$", channels),
    *_rule(r"running_mean should contain (\d+) elements not (\d+)", lambda c, f, m: replace_size(c, f, int(m[1]), int(m[2]))),
    *_rule(r"only applicable to index tensor|used as indices must be|Expected dtype int32/int64|[Ee]xpected dtype int|expected scalar type Long"
           r"|following scalar types: Long, Int|can only be applied to .*int|nll_loss_forward.*not implemented for 'Float'|must be integer"
           r"|Expected object of scalar type Long|only supports? integer|\"bincount\"", set_kind("long", ("target", "index", "indices", "tensor", "input"), True)),
    *_rule(r"expected scalar type (Float|Double)|not implemented for '(Long|Bool|Int)'|could not infer output dtype|Expected floating point"
           r"|must be either a floating point or complex|with a bool tensor is not supported|Found dtype Long|dtype.*Long.*expected.*Float"
           r"|only Tensors of floating point|result type Float can't be cast|Expected all.*float|value cannot be converted to type (u?int|bool)",
           set_kind("unit")),
    *_rule(r"all elements of (input|target) should be between 0 and 1|constraint (Simplex|UnitInterval|GreaterThan|Interval)|to satisfy the constraint",
           set_kind("unit", ("input", "probs", "target"))),
    *_rule(r"[Ee]xpected (?:a )?(?:\d\w* \(?or |all )?(\d)-?D", to_rank),
    *_rule(r"(?:must be|expects?|requires?|be) (?:a |an )?(\d)-?[Dd](?:im)? ?", to_rank),
    *_rule(r"\d+D \(unbatched\) or (\d)D \(batched\)", to_rank),
    *_rule(r"Input dimension should be at least (\d)", to_rank),
    *_rule(r"not enough values to unpack \(expected (\d+)", unpack),
    *_rule(r"too many values to unpack \(expected (\d+)", unpack),
    *_rule(r"number of dimensions in the tensor input does not match .* desired ordering of dimensions .*length\(dims\) = (\d+)", to_rank),
    *_rule(r"number of subscripts in the equation \((\d+)\)", to_rank),
    *_rule(r"Dimension out of range|too many indices|dimension specified as|IndexError: tuple index|tuple index out of range|at least \d+ dimension"
           r"|invalid dimensions|must have at least|0-d tensor|zero-dimensional tensor", rank(1)),
    *_rule(r"1D tensors expected|vector|expected 1D|must be 1|multi-target not supported|should be scalar|only one element", rank(-1)),
    *_rule(r"out of bounds|out of range in self|Class values must be (smaller|less)", lower_high),
    *_rule(r"object is not callable|has no attribute '(parameters|forward|train|eval|modules|named_parameters)'", to_model),
    *_rule(r"Boolean value of Tensor|cannot be interpreted as an integer|must be (?:int|float|Number|real number|bool|tuple of ints), not Tensor"
           r"|converted to a? ?(?:Python )?[Ss]calar|cannot be converted to Scalar|is not a valid value for reduction|expected .* but got Tensor"
           r"|must be tuple of ints|unhashable", to_value),
    *_rule(r"(\w+) (?:is|are) not supported|(?:unexpected|no) (\w+)", to_none),
    *_rule(r"missing \d+ required (?:positional|keyword-only) argument", missing),
    *_rule(r"NoneType|is None|both be None|(?:is|are) required|None is not|must be (?:provided|specified|given)|cannot be None|not be None", give_optional),
    *_rule(r"'(?:float|int|str|NoneType|Linear|SimpleNamespace|dict|bool)' object (?:has no attribute|is not (?:subscriptable|iterable|callable))"
           r"|must be Tensor, not|argument 'input' .*must be Tensor|has no len", to_tensor),
    *_rule(r"expected Tensor as element|must be tuple of Tensors|is not a sequence|expected a (?:non-empty )?list of Tensors", to_list),
    *_rule(r"^'(\w+)'$|has no attribute '(\w+)'", with_key),
    *_rule(r"shape '\[.*\]' is invalid|cannot reshape", rank(1), rank(-1)),
    *_rule(r"multi-target not supported|0D or 1D target", class_target),
    *_rule(r"inconsistent (?:input|hidden)_size: got (\d+),? expected (\d+)", lambda c, f, m: replace_size(c, f, int(m[1]), int(m[2])), rank(1)),
    *_rule(r"must be tuple of ints, but found element of type float|'float' object cannot be interpreted", constructor_sizes),
    *_rule(r"Boolean value of Tensor", rank(-1)),
    *_rule(r"[Ii]ndex is supposed to be a vector|source tensor shape must match", rank(-1)),
    *_rule(r"not divisible|must be divisible|should be even", lambda c, f, m: replace_size(c, f, 5, 4)),
    *_rule(r"at least (\d+) ?x ?\d+|(?:larger|greater|bigger) than \D{0,20}(\d{2,})|got: padding \((\d+)|minimum (?:size|length)\D+(\d+)", at_least),
    *_rule(r"values to be greater|values to be (?:less|lower)|non-?negative|must be positive|range \[0, ?1\]|between 0 and 1|in \[0", all_unit),
    *_rule(r"number of dimensions to be (?:between )?(\d)|dimensions?\D{0,20}(\d)\D+got|shape \w* ?of length (\d)", to_any_rank),
    *_rule(r"BxCxHxW|\(?N, ?C, ?H, ?W\)?|B x C x H x W|\*xCxHxW", lambda c, f, m: all_rank(c, 4)),
    *_rule(r"batch2 tensor to be: \[\d+, (\d+)\] but got: \[\d+, (\d+)\]", lambda c, f, m: replace_size(c, f, int(m[1]), int(m[2]))),
    *_rule(r"Kernel size can't be greater|Padding size should be less|Output size is too small|output size.*too small",
           lambda c, f, m: bigger(c)),
]  # fmt: skip
