"""Break correct library losses at random places; count the breaks that the analysis finds, and on which line.

    python tests/accuracy/mutate.py [--mutants N] [--seed S] [--only LIBRARY] [--list] [--json FILE]

One expression (or statement) in a function that really runs is changed, the changed code is put into the
live function, and autograd says whether a source that received gradient now receives none. Only those mutants
count. The analysis then reads the changed file: a break is found when a finding appears that the original
file did not have, and located when one of them covers a changed line.
"""

from __future__ import annotations

import argparse
import inspect
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
from losses import Gradient, Loss, Prepared, Unavailable, catalogue, gradients_of, prepare
from mutants import Mutant, mutants
from observe import definition, observe
from statics import analyzer, loud, package_root, report


@dataclass(slots=True)
class Tally:
    broken: int = 0
    found: int = 0
    located: int = 0
    kinds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    libraries: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, loss: Loss, mutant: Mutant, lost: list[str], new: list[Finding]) -> None:
        lines = set(range(mutant.first, mutant.last + 1))
        covered = {n for f in new for n in range(f.range.start.line, f.range.end.line + 1)}
        located = bool(lines & covered)
        self.broken += 1
        self.found += bool(new)
        self.located += located
        for position, hit in enumerate((True, bool(new), located)):
            self.kinds[mutant.kind][position] += hit
        self.libraries[loss.library] += 1
        if not located:
            verb = "ELSEWHERE" if new else "MISSED"
            told = [(f.code, f.range.start.line) for f in new]
            changed = mutant.text.split("\n")[mutant.first - 1].strip()
            self.wrong.append(
                f"{verb} {mutant.kind} {mutant.path}:{mutant.first} {mutant.qualname}: {changed}\n"
                f"    called as {loss.title}; lost {lost}; found {told}"
            )

    def numbers(self) -> dict[str, Any]:
        return {
            "mutants_confirmed_broken": self.broken,
            "found": self.found,
            "located": self.located,
            "recall": round(self.found / max(1, self.broken), 3),
            "right_line": round(self.located / max(1, self.broken), 3),
            "by_kind": {
                k: dict(zip(("broken", "found", "located"), v, strict=True)) for k, v in self.kinds.items()
            },
            "by_library": dict(sorted(self.libraries.items())),
        }


def lost_sources(
    prepared: Prepared, before: dict[str, Gradient], mutant: Mutant, live: FunctionType
) -> list[str]:
    """Sources that received gradient before and receive none with the mutant's code. Raises Unavailable."""
    code = _code(compile(mutant.text, mutant.path, "exec"), mutant.qualname)
    if code is None or code.co_freevars != live.__code__.co_freevars:
        raise Unavailable("the function cannot be replaced")
    original = live.__code__
    live.__code__ = code
    try:
        after = gradients_of(prepared)
    finally:
        live.__code__ = original
    gone = (Gradient.CUT, Gradient.ZERO)
    return [name for name, was in before.items() if was is Gradient.FLOWS and after[name] in gone]


def _code(code: CodeType, qualname: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == qualname:
                return constant
            inner = _code(constant, qualname)
            if inner is not None:
                return inner
    return None


def _live(path: str, qualname: str) -> FunctionType | None:
    """The function object that runs this code, found through its imported module."""
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == path:
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
    for finding in analyzer().analyze(mutant.text, mutant.path).findings:
        if not loud(finding):
            continue
        key = (finding.code, lines[finding.range.start.line - 1].strip())
        if known[key] > 0:
            known[key] -= 1
        else:
            fresh.append(finding)
    return fresh


def experiment(wanted: int, seed: int, only: str = "") -> Tally:
    """Up to `wanted` confirmed mutants, spread over the losses whose every source flows."""
    chance = random.Random(seed)
    tally = Tally()
    streams: list[tuple[Loss, Prepared, dict[str, Gradient], Iterator[Mutant]]] = []
    for loss in catalogue():
        if only not in loss.library:
            continue
        try:
            prepared = prepare(loss)
            before = gradients_of(prepared)
        except Unavailable:
            continue
        if set(before.values()) == {Gradient.FLOWS}:
            streams.append((loss, prepared, before, _of_loss(loss, prepared, chance)))
    chance.shuffle(streams)
    while streams and tally.broken < wanted:
        for stream in list(streams):
            if tally.broken >= wanted:
                break
            if not _next_broken(*stream, tally):
                streams.remove(stream)
    return tally


def _of_loss(loss: Loss, prepared: Prepared, chance: random.Random) -> Iterator[Mutant]:
    """Mutants of the functions that run in the files that define a loss, a random one of them at a time."""
    root = package_root(loss.library)
    files = _files(prepared)
    functions = sorted(f for f in observe(prepared, root).functions if f[0] in files) if root else []
    sources = [mutants(path, qualname, chance) for path, qualname in functions]
    while sources:
        source = chance.choice(sources)
        mutant = next(source, None)
        if mutant is None:
            sources.remove(source)
        else:
            yield mutant


def _files(prepared: Prepared) -> set[str]:
    """The file of the loss itself and, for a module, those of its base classes."""
    place = definition(prepared.function)
    owner = prepared.function if isinstance(prepared.function, torch.nn.Module) else None
    classes = type(owner).__mro__ if owner is not None else ()
    own = {
        inspect.getsourcefile(c)
        for c in classes
        if c.__module__ not in ("builtins", torch.nn.Module.__module__)
    }
    return {file for file in own if file} | ({place[0]} if place else set())


def _next_broken(
    loss: Loss, prepared: Prepared, before: dict[str, Gradient], source: Iterator[Mutant], tally: Tally
) -> bool:
    """Try mutants until one is confirmed broken; False when a loss has no more (or 40 in a row were not)."""
    for _, mutant in zip(range(40), source, strict=False):
        live = _live(mutant.path, mutant.qualname)
        if live is None:
            continue
        try:
            lost = lost_sources(prepared, before, mutant, live)
        except Unavailable:
            continue
        if lost:
            tally.add(loss, mutant, lost, new_findings(mutant))
            return True
    return False


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a library's import name, or a part of it")
    parser.add_argument("--list", action="store_true", help="print every mutant that was missed")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    tally = experiment(options.mutants, options.seed, options.only)
    if options.list:
        print("\n".join(tally.wrong))
    print(json.dumps(tally.numbers(), indent=2))
    if options.json:
        options.json.write_text(json.dumps(tally.numbers(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
