"""Break correct losses at random places, apply every fix that is offered for the break, and run the result.

    python tests/accuracy/mend.py [--programs] [--mutants N] [--seed S] [--only NAME] [--list] [--json FILE]

With --programs, the correct programs of tests/programs are broken in place of the libraries. The libraries
are those of catalogue.txt that are installed (requirements.txt names them); `--only` chooses one of them.

Of every fix, whatever it promises: the file parses afterwards, has the comments that it had, and fixing it
again and again comes to an end. A safe fix gives the value that the broken loss has, and the gradient that
was lost, and no source gets one that the loss as it was did not give. An unsafe one may change the value.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import logging
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import torch

from chainrule.edits import apply
from chainrule.findings import Applicability, Finding, Fix, Report
from chainrule.fixing import Fixed, fix_all, parses
from chainrule.sources import Document, SourceFile
from losses import BackwardError, Gradient, Unavailable, loss_and_gradients
from mutants import NO_GRAD, Mutant
from mutate import (
    BROKEN_GRADIENTS,
    Subject,
    broken_mutants,
    code_of,
    library_subjects,
    new_findings,
    program_subjects,
)
from statics import analyzer

EVERY = frozenset((Applicability.SAFE, Applicability.UNSAFE))
# Changes that leave the value of a loss alone, so that a safe fix can give its gradients back as they were.
SAME_VALUE = frozenset(("detach", "data", "item", "float", "numpy", "rebuild", NO_GRAD))
_TOLERANCE = 1e-3


@dataclass(slots=True)
class Tally:
    """How the offered fixes did. `repaired`: mutants that some fix of theirs gives their gradient back."""

    broken: int = 0
    with_fix: int = 0
    repaired: int = 0
    fixes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)

    def numbers(self) -> dict[str, Any]:
        return {
            "mutants_confirmed_broken": self.broken,
            "with_a_fix": self.with_fix,
            "repaired": self.repaired,
            "fixes": {name: dict(counts) for name, counts in sorted(self.fixes.items())},
        }


def text_faults(text: str, fix: Fix, path: str = "<text>") -> Iterator[str]:
    """What is wrong with the text that a fix makes, whatever the code means."""
    try:
        fixed = apply(text, fix.edits)
    except ValueError as problem:
        yield f"its edits overlap: {problem}"
        return
    if not parses(fixed):
        yield "the file does not parse afterwards"
    elif lost := comments(text) - comments(fixed):
        yield f"loses the comments {sorted(lost)}"
    elif fixed == text:
        yield "changes nothing"


def comments(text: str) -> Counter[str]:
    """The comments of a text that parses, with how often each is there."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return Counter()
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def fixed_point(text: str, path: str, allowed: frozenset[Applicability]) -> Fixed:
    """`text` after every allowed fix, again and again."""

    def look(document: Document) -> Report:
        return analyzer(path).analyze(document.text, path)

    return fix_all(SourceFile(path, text), look, allowed)


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: the loss, what every source receives, and the gradients of its leaves."""

    loss: float
    received: dict[str, Gradient]
    gradients: dict[str, list[torch.Tensor | None]]


def run_fault(
    subject: Subject, mutant: Mutant, live: FunctionType, fix: Fix, lost: list[str], here: bool
) -> str:
    """What running the fixed function shows against what the fix promises; "" for nothing.

    `here`: the fix is offered for the line that was changed, so that it has to restore the gradient.
    """
    original = Path(mutant.path).read_text(encoding="utf-8")
    correct = _settled([_run(subject, original, mutant, live, {}) for _ in range(2)])
    before = _settled([_run(subject, mutant.text, mutant, live, {}) for _ in range(2)])
    after = _run(subject, apply(mutant.text, fix.edits), mutant, live, _imports(mutant.text, fix))
    if isinstance(after, str):
        if "has no dimensions" in after:
            raise Unavailable("the mutant takes the index of a single number")
        return f"raises {after}"
    safe = fix.applicability is Applicability.SAFE
    if safe and before is not None and _differ(before.loss, after.loss):
        return f"changes the loss from {before.loss:.6g} to {after.loss:.6g}"
    # A smooth form that is chosen may be flat at these inputs; it is connected.
    bad = BROKEN_GRADIENTS if safe else (Gradient.CUT,)
    still = [name for name in lost if after.received[name] in bad] if here else []
    if still:
        return f"restores no gradient of {', '.join(still)}"
    if safe and before is not None and correct is not None and mutant.kind in SAME_VALUE:
        other = [
            n for n in subject.prepared.sources if not (_alike(n, after, correct) or _alike(n, after, before))
        ]
        again = _run(subject, original, mutant, live, {})
        steady = not isinstance(again, str) and _settled([correct, again]) is not None
        if other and steady:  # no state of the loss's own
            return f"gives {', '.join(other)} a gradient that the loss never had"
    return ""


def _settled(runs: list[Ran | str]) -> Ran | None:
    """What every run gives; None where it raises, or a state or chance of its own changes it."""
    first, second = runs
    if isinstance(first, str) or isinstance(second, str) or _differ(first.loss, second.loss, 1e-6):
        return None
    return first if all(_alike(name, first, second) for name in first.gradients) else None


def _differ(one: float, other: float, tolerance: float = _TOLERANCE) -> bool:
    """Whether two losses differ. A broken one that is a plain number is seen as 0, and says nothing."""
    return abs(one - other) > tolerance * max(1.0, abs(one)) and one == one and one != 0


def _alike(name: str, one: Ran, other: Ran) -> bool:
    """Whether a source has the same gradient in two runs."""
    pairs = zip(one.gradients[name], other.gradients[name], strict=True)
    return all(
        a is b
        or (a is not None and b is not None and torch.allclose(a, b, rtol=1e-3, atol=1e-5, equal_nan=True))
        for a, b in pairs
    )


def _run(subject: Subject, text: str, mutant: Mutant, live: FunctionType, names: dict[str, Any]) -> Ran | str:
    """What this text's function gives in the live one's place, or the error."""
    code = code_of(compile(text, mutant.path, "exec"), mutant.qualname)
    if code is None or code.co_freevars != live.__code__.co_freevars:
        raise Unavailable("the function cannot be replaced")
    original, added = live.__code__, {n: v for n, v in names.items() if n not in live.__globals__}
    live.__code__ = code
    live.__globals__.update(added)
    try:
        torch.manual_seed(0)
        loss, received = loss_and_gradients(subject.prepared)
    except BackwardError as problem:
        if "second time" in str(problem):
            raise Unavailable("the loss keeps a graph over its calls") from problem
        return f"RuntimeError in backward: {problem}"
    except Unavailable as problem:
        return str(problem)
    finally:
        live.__code__ = original
        for name in added:
            del live.__globals__[name]
    leaves = subject.prepared.sources
    return Ran(loss, received, {name: [leaf.grad for leaf in leaves[name]] for name in leaves})


def _imports(text: str, fix: Fix) -> dict[str, Any]:
    """The names that the imports bind which a fix adds to a file."""
    names: dict[str, Any] = {}
    for edit in fix.edits:
        if re.match(r"\s*(import|from)\s", edit.text):
            exec(compile(edit.text, "<imports>", "exec"), names)
    return names


def experiment(subjects: list[Subject], wanted: int, seed: int) -> Tally:
    """The fixes of up to `wanted` confirmed mutants."""
    tally = Tally()
    for broken in itertools.islice(broken_mutants(subjects, seed), wanted):
        _try_fixes(broken.subject, broken.mutant, broken.live, broken.lost, tally)
    return tally


def _try_fixes(subject: Subject, mutant: Mutant, live: FunctionType, lost: list[str], tally: Tally) -> None:
    tally.broken += 1
    offered = [(f, fix) for f in new_findings(mutant) for fix in f.fixes if fix.edits]
    tally.with_fix += bool(offered)
    good = False
    for finding, fix in offered:
        faults = list(text_faults(mutant.text, fix))
        here = mutant.first <= finding.range.start.line <= mutant.last
        if not faults:
            try:
                faults = [fault for fault in (run_fault(subject, mutant, live, fix, lost, here),) if fault]
            except Unavailable:
                continue
        good |= not faults
        tally.fixes[fix.title][fix.applicability.value if not faults else "wrong"] += 1
        for fault in faults:
            tally.wrong.append(_described(mutant, finding, fix, fault))
    tally.repaired += good
    for allowed in ({Applicability.SAFE}, EVERY):
        problem = fixed_point(mutant.text, mutant.path, frozenset(allowed)).problem
        if problem:
            tally.wrong.append(f"{mutant.path}:{mutant.first} {mutant.kind}: {problem}")


def _described(mutant: Mutant, finding: Finding, fix: Fix, fault: str) -> str:
    old, new = mutant.text.split("\n"), apply(mutant.text, fix.edits).split("\n")
    changed = [f"    -{line}" for line in old if line not in new] + [
        f"    +{line}" for line in new if line not in old
    ]
    place = f"{mutant.path}:{mutant.first} {mutant.qualname} ({mutant.kind})"
    return "\n".join(
        [f"{finding.code} {fix.applicability.value} {fix.title}: {fault}", f"    {place}", *changed[:12]]
    )


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--programs", action="store_true", help="break the programs of tests/programs")
    parser.add_argument("--only", default="", help="a library's import name or a program's file, or a part")
    parser.add_argument("--list", action="store_true", help="print every fix that broke its promise")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    choose = program_subjects if options.programs else library_subjects
    tally = experiment(list(choose(options.only)), options.mutants, options.seed)
    if options.list:
        print("\n".join(tally.wrong))
    print(json.dumps(tally.numbers(), indent=2))
    if options.json:
        options.json.write_text(json.dumps(tally.numbers(), indent=2) + "\n")
    return 1 if any("wrong" in counts for counts in tally.fixes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
