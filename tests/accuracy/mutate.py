"""Break correct losses at random places; count the breaks that the analysis finds, and on which line.

    python tests/accuracy/mutate.py [--programs] [--mutants N] [--seed S] [--only NAME] [--list] [--json FILE]

With --programs, the correct programs of tests/programs are broken in place of the libraries. Functions of the
catalogue that compute no loss are left out: nobody waits for the gradient of a score or a decoded box, and
the analysis is silent about them on purpose.

One expression (or statement) in a function that really runs is changed, the changed code is put into the
live function, and autograd says whether a source that received gradient now receives none. Only those mutants
count. The analysis then reads the changed file: a break is found when a finding appears that the original
file did not have, and located when one of them covers a changed line.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import itertools
import json
import logging
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import torch

from chainrule.findings import Finding
from losses import Gradient, Prepared, Unavailable, catalogue, gradients_of, prepare
from mutants import WATCH, Mutant, mutants
from observe import definition, observe

sys.path.insert(0, str(Path(__file__).parent.parent / "programs"))
import ground_truth
from statics import analyzer, loud, package_root, report

# Libraries of figures to report: a cut there is no fault, and the analysis says nothing about it on purpose.
METRICS = frozenset(("torchmetrics",))
BROKEN_GRADIENTS = (Gradient.CUT, Gradient.ZERO)


@dataclass(frozen=True, slots=True)
class Subject:
    """A loss whose every source receives gradient, and the functions in its own files that run under it."""

    title: str
    group: str
    prepared: Prepared
    functions: tuple[tuple[str, str], ...]

    def mutants(self, chance: random.Random) -> Iterator[Mutant]:
        """Mutants of a random one of the functions at a time."""
        sources = [mutants(path, qualname, chance) for path, qualname in self.functions]
        while sources:
            source = chance.choice(sources)
            mutant = next(source, None)
            if mutant is None:
                sources.remove(source)
            else:
                yield mutant


@dataclass(slots=True)
class Tally:
    broken: int = 0
    found: int = 0
    located: int = 0
    kinds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    groups: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    wrong: list[str] = field(default_factory=list)
    missed: list[tuple[str, Mutant]] = field(default_factory=list)
    """Those of `wrong`, each with the call that shows it broken."""

    def add(self, subject: Subject, mutant: Mutant, lost: list[str], new: list[Finding]) -> None:
        lines = set(range(mutant.first, mutant.last + 1))
        covered = {n for f in new for n in range(f.range.start.line, f.range.end.line + 1)}
        located = bool(lines & covered)
        self.broken += 1
        self.found += bool(new)
        self.located += located
        for position, hit in enumerate((True, bool(new), located)):
            self.kinds[mutant.kind][position] += hit
            self.groups[subject.group][position] += hit
        if not located:
            verb = "ELSEWHERE" if new else "MISSED"
            self.missed.append((subject.title, mutant))
            told = [(f.code, f.range.start.line) for f in new]
            changed = mutant.text.split("\n")[mutant.first - 1].strip()
            self.wrong.append(
                f"{verb} {mutant.kind} {mutant.path}:{mutant.first} {mutant.qualname}: {changed}\n"
                f"    called as {subject.title}; lost {lost}; found {told}"
            )

    def numbers(self) -> dict[str, Any]:
        return {
            "mutants_confirmed_broken": self.broken,
            "found": self.found,
            "located": self.located,
            "recall": round(self.found / max(1, self.broken), 3),
            "right_line": round(self.located / max(1, self.broken), 3),
            "by_kind": _table(self.kinds),
            "by_group": _table(self.groups),
        }


def lost_sources(subject: Subject, mutant: Mutant, live: FunctionType) -> list[str]:
    """Sources that received gradient before and receive none with the mutant's code, on two sets of inputs.

    None when what is changed carries no gradient anyway: other labels can leave a loss without pairs, and
    that is no fault in the graph. Raises Unavailable when the mutant cannot be run.
    """
    with _replaced(live, mutant.text, mutant):
        lost = _without_gradient(subject)
        lost = _confirmed(subject, lost) if lost else []
    return lost if lost and _carries_gradient(subject, mutant, live) else []


def _carries_gradient(subject: Subject, mutant: Mutant, live: FunctionType) -> bool:
    """Whether the changed expression's original value requires grad in some run of it."""
    if not mutant.watched:
        return True
    seen: list[bool] = []

    def watch(value: Any) -> Any:
        parts = value if isinstance(value, (list, tuple)) else [value]
        seen.append(any(isinstance(part, torch.Tensor) and part.requires_grad for part in parts))
        return value

    live.__globals__[WATCH] = watch
    try:
        with _replaced(live, mutant.watched, mutant):
            subject.prepared.run()
    finally:
        del live.__globals__[WATCH]
    return any(seen)


@contextlib.contextmanager
def _replaced(live: FunctionType, text: str, mutant: Mutant) -> Iterator[None]:
    """The function runs the code that `text` has for it. Raises Unavailable where that is impossible."""
    code = code_of(compile(text, mutant.path, "exec"), mutant.qualname)
    if code is None or code.co_freevars != live.__code__.co_freevars:
        raise Unavailable("the function cannot be replaced")
    original = live.__code__
    live.__code__ = code
    try:
        yield
    finally:
        live.__code__ = original


def _without_gradient(subject: Subject) -> list[str]:
    after = gradients_of(subject.prepared)
    return [name for name, gradient in after.items() if gradient in BROKEN_GRADIENTS]


def _confirmed(subject: Subject, lost: list[str]) -> list[str]:
    """Those still lost on other values (a gradient can be 0 by chance); values that raise decide nothing."""
    leaves = [leaf for each in subject.prepared.sources.values() for leaf in each]
    before = [leaf.detach().clone() for leaf in leaves]
    drawn = torch.Generator().manual_seed(0)
    try:
        for leaf in leaves:
            leaf.data.mul_(1.7).add_(torch.randn(leaf.shape, generator=drawn, dtype=leaf.dtype))
        again = _without_gradient(subject)
    except Unavailable:
        return lost
    finally:
        for leaf, value in zip(leaves, before, strict=True):
            leaf.data.copy_(value)
    return [name for name in lost if name in again]


def code_of(code: CodeType, qualname: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == qualname:
                return constant
            inner = code_of(constant, qualname)
            if inner is not None:
                return inner
    return None


def live_function(path: str, qualname: str) -> FunctionType | None:
    """The function object that runs this code, in the module loaded last from that file."""
    for module in reversed(list(sys.modules.values())):
        if getattr(module, "__dict__", {}).get("__file__") == path:  # without waking lazy modules
            found: Any = module
            for name in qualname.split("."):
                found = getattr(found, "__dict__", {}).get(name)
            while hasattr(found, "__wrapped__"):
                found = found.__wrapped__
            found = getattr(found, "__func__", found)
            return (
                found if isinstance(found, FunctionType) and found.__code__.co_qualname == qualname else None
            )
    return None


def new_findings(mutant: Mutant) -> list[Finding]:
    """Findings of the changed file that the original does not have (by code and text of the line)."""
    old_lines = Path(mutant.path).read_text(encoding="utf-8").split("\n")
    known = Counter(
        (f.code, old_lines[f.range.start.line - 1].strip()) for f in report(mutant.path).findings if loud(f)
    )
    lines = mutant.text.split("\n")
    fresh = []
    for finding in analyzer(mutant.path).analyze(mutant.text, mutant.path).findings:
        if not loud(finding):
            continue
        key = (finding.code, lines[finding.range.start.line - 1].strip())
        if known[key] > 0:
            known[key] -= 1
        else:
            fresh.append(finding)
    return fresh


def _table(counts: dict[str, list[int]]) -> dict[str, dict[str, int]]:
    return {
        name: {"broken": broken, "found": found, "located": located}
        for name, (broken, found, located) in sorted(counts.items())
    }


@dataclass(frozen=True, slots=True)
class Broken:
    """A mutant that autograd confirms, the function it goes into, and the sources without gradient."""

    subject: Subject
    mutant: Mutant
    live: FunctionType
    lost: list[str]


def broken_mutants(subjects: list[Subject], seed: int) -> Iterator[Broken]:
    """Confirmed mutants in random order, one of each subject in turn."""
    chance = random.Random(seed)
    streams = [(subject, subject.mutants(chance)) for subject in subjects]
    chance.shuffle(streams)
    while streams:
        lasting = []
        for subject, stream in streams:
            broken = _next_broken(subject, stream)
            if broken is not None:
                yield broken
                lasting.append((subject, stream))
        streams = lasting


def _next_broken(subject: Subject, stream: Iterator[Mutant]) -> Broken | None:
    """The next mutant that is confirmed; None when there is no more (or 40 in a row were not)."""
    for _, mutant in zip(range(40), stream, strict=False):
        live = live_function(mutant.path, mutant.qualname)
        if live is None:
            continue
        try:
            lost = lost_sources(subject, mutant, live)
        except Unavailable:
            continue
        if lost:
            return Broken(subject, mutant, live, lost)
    return None


def experiment(subjects: list[Subject], wanted: int, seed: int) -> Tally:
    """What the analysis finds of up to `wanted` confirmed mutants."""
    tally = Tally()
    for broken in itertools.islice(broken_mutants(subjects, seed), wanted):
        tally.add(broken.subject, broken.mutant, broken.lost, new_findings(broken.mutant))
    return tally


def library_subjects(only: str = "") -> Iterator[Subject]:
    for loss in catalogue():
        root = package_root(loss.library) if only in loss.library else None
        if root is None or not loss.trains:
            continue
        try:
            prepared = prepare(loss)
            files = _files(prepared)
            yield from _subject(loss.title, loss.library, prepared, root, files)
        except Unavailable:
            continue


def program_subjects(only: str = "") -> Iterator[Subject]:
    """The correct programs that one call runs."""
    for record in ground_truth.records():
        once = record.kind == "control" and record.calls == 1 and record.callable != "<module>"
        if not once or only not in record.file or record.missing_packages():
            continue
        call = ground_truth.prepare(record)
        sources = {name: [tensor] for name, tensor in call.sources.items()}
        prepared = Prepared(lambda call=call: call.loss(), {}, sources)
        yield from _subject(record.file, record.path.stem, prepared, record.path.parent, {str(record.path)})


def _subject(title: str, group: str, prepared: Prepared, root: Path, files: set[str]) -> Iterator[Subject]:
    """Nothing when some source does not receive gradient. Raises Unavailable."""
    if set(gradients_of(prepared).values()) == {Gradient.FLOWS}:
        functions = sorted(f for f in observe(prepared, root).functions if f[0] in files)
        yield Subject(title, group, prepared, tuple(functions))


def _files(prepared: Prepared) -> set[str]:
    """The file of the loss itself and, for a module, those of its base classes."""
    place = definition(prepared.function)
    owner = prepared.function if isinstance(prepared.function, torch.nn.Module) else None
    classes = type(owner).__mro__ if owner is not None else ()
    foreign = ("builtins", torch.nn.Module.__module__)
    own = {inspect.getsourcefile(c) for c in classes if c.__module__ not in foreign}
    return {file for file in own if file} | ({place[0]} if place else set())


def _keep(tally: Tally, folder: Path) -> None:
    """One file for each mutant that was missed, ending with what was changed and where it belongs."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (title, mutant) in enumerate(tally.missed):
        last = f"# {mutant.kind} {mutant.path}:{mutant.first} {mutant.qualname} called as {title}"
        (folder / f"{number:03}.py").write_text(f"{mutant.text}\n{last}\n", encoding="utf-8")


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--programs", action="store_true", help="break the programs of tests/programs")
    parser.add_argument("--only", default="", help="a library's import name or a program's file, or a part")
    parser.add_argument("--list", action="store_true", help="print every mutant that was missed")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--keep", type=Path, help="write the text of every mutant that was missed below it")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    choose = program_subjects if options.programs else library_subjects
    tally = experiment(list(choose(options.only)), options.mutants, options.seed)
    if options.list:
        print("\n".join(tally.wrong))
    if options.keep:
        _keep(tally, options.keep)
    print(json.dumps(tally.numbers(), indent=2))
    if options.json:
        options.json.write_text(json.dumps(tally.numbers(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
