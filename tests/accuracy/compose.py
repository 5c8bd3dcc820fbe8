"""Compose programs at random from parts, and count the lost gradients that the analysis finds.

    python tests/accuracy/compose.py [--programs N] [--seed S] [--list] [--show]

A program is a way to train, a model, a loss, Python constructs that carry a tensor from line to line, and
what stands by; in one line the gradient is lost. Autograd says which source receives none that does receive
some in the same program without the cut; only such programs count, and about the uncut one nothing may be
said. A program that is missed is made smaller until nothing can be left out of it, so that the list names
the parts whose meeting is not understood. The same seed gives the same programs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import re
import sys
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from chainrule.analysis import Analyzer, Options
from compositions import Program, Spec, Unfit, draw, indent, render
from statics import loud


class _LightningModule(torch.nn.Module):
    """As much of Lightning's module as the parts need."""

    def log(self, name: str, value: object) -> None: ...


for _name in ("pytorch_lightning", "lightning"):
    sys.modules.setdefault(_name, types.ModuleType(_name)).__dict__["LightningModule"] = _LightningModule


class Undecided(Exception):
    """The program fails for another reason than a missing gradient."""


_MISSING = re.compile(
    r"does not require grad|does not have a grad_fn|has no attribute 'backward'|is not implemented"
)


def gradients(program: Program) -> list[bool] | None:
    """Whether each source receives a gradient that is not zero; None where backward can't run."""
    seen: dict[int, list[bool]] = {}
    known: list[torch.Tensor] = []

    def look(leaves: list[torch.Tensor]) -> None:
        for leaf in leaves:
            number = next((n for n, each in enumerate(known) if each is leaf), len(known))
            known.extend([leaf] * (number == len(known)))
            grad = leaf.grad
            received = grad is not None and bool(torch.isfinite(grad).all()) and bool((grad != 0).any())
            seen.setdefault(number, []).append(received)

    def after_step(optimiser: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        look([each for group in optimiser.param_groups for each in group["params"]])

    module = types.ModuleType("__main__")
    hook = register_optimizer_step_post_hook(after_step)
    torch.manual_seed(0)
    before = sys.modules["__main__"]
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            sys.modules["__main__"] = module
            exec(compile(program.text, "<program>", "exec"), module.__dict__)
            exec(
                f"import torch\nimport torch.nn.functional as F\nfrom torch import nn\n{program.run}",
                module.__dict__,
            )
            result = module.__dict__.get("result")
            if result is not None:
                result.backward()
            look(module.__dict__.get("sources", []))
    except (RuntimeError, AttributeError) as error:
        if _MISSING.search(str(error)):
            return None
        raise Undecided(str(error)) from error
    except Exception as error:
        raise Undecided(f"{type(error).__name__}: {error}") from error
    finally:
        sys.modules["__main__"] = before
        hook.remove()
        torch.set_grad_enabled(True)
    return [any(each) for each in seen.values()]


def lost(spec: Spec) -> bool:
    """Whether the cut takes the gradient of a source. Raises Unfit or Undecided."""
    whole = gradients(render(spec, cut=False))
    if whole is None or not any(whole):
        raise Undecided("no gradient without the cut")
    after = gradients(render(spec, cut=True))
    return after is None or (
        len(after) == len(whole) and any(a and not b for a, b in zip(whole, after, strict=True))
    )


_ANALYZER = Analyzer(Options(), remember=False)


def told(program: Program) -> list[tuple[str, int, int]]:
    """Code, first and last line of every finding that counts."""
    report = _ANALYZER.analyze(program.text, "program.py")
    return [(f.code, f.range.start.line, f.range.end.line) for f in report.findings if loud(f)]


def answer(spec: Spec) -> str:
    """`found`, `elsewhere` or `missed`."""
    program = render(spec, cut=True)
    findings = told(program)
    if any(first <= line <= last for _, first, last in findings for line in program.cut_lines):
        return "found"
    return "elsewhere" if findings else "missed"


def programs(seed: int) -> Iterator[Spec]:
    """Specifications whose cut autograd confirms, without end."""
    chance = random.Random(seed)
    while True:
        spec = draw(chance)
        with contextlib.suppress(Unfit, Undecided):
            if lost(spec):
                yield spec


def _smaller(spec: Spec) -> Iterator[Spec]:
    for number in range(len(spec.carriers)):
        yield replace(spec, carriers=spec.carriers[:number] + spec.carriers[number + 1 :])
    for number in range(len(spec.besides)):
        yield replace(spec, besides=spec.besides[:number] + spec.besides[number + 1 :])
    if spec.model != "linear":
        yield replace(spec, model="linear")
    if spec.loss != "mse":
        yield replace(spec, loss="mse")
    if spec.program not in ("script", "loss_alone"):
        yield replace(spec, program="script")
        yield replace(spec, program="loss_alone")
    if not spec.plain:
        yield replace(spec, plain=True)


def _variants(spec: Spec) -> Iterator[Spec]:
    """The smaller ones, with the cut and the carriers at any place."""
    for each in _smaller(spec):
        for shift in (0, -1, -2, -3):
            moved = tuple((max(0, at + shift), name) for at, name in each.carriers)
            for site in range(8):
                yield replace(each, carriers=moved, site=site)


def reduced(spec: Spec) -> Spec:
    """A smallest specification that gets the same answer."""
    wanted = answer(spec)
    while True:
        for each in _variants(spec):
            with contextlib.suppress(Unfit, Undecided):
                if answer(each) == wanted and lost(each):
                    spec = each
                    break
        else:
            return spec


@dataclass(slots=True)
class Tally:
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, Spec]] = field(default_factory=list)
    """`missed`, `elsewhere` or `alarms`, and the program."""

    def add(self, kind: str, spec: Spec) -> None:
        self.counts[kind] += 1
        if kind != "found":
            self.wrong.append((kind, spec))


def experiment(count: int, seed: int) -> Tally:
    """What is said of `count` programs whose cut autograd confirms, and of each without it."""
    tally = Tally()
    stream = programs(seed)
    for _ in range(count):
        spec = next(stream)
        tally.add(answer(spec), spec)
        if told(render(spec, cut=False)):
            tally.add("alarms", spec)
    return tally


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("--programs", type=int, default=500)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--list", action="store_true", help="name the fewest parts of each that is wrong")
    options.add_argument("--show", action="store_true", help="print these programs as well")
    chosen = options.parse_args(arguments)
    torch.set_num_threads(1)
    tally = experiment(chosen.programs, chosen.seed)
    print(json.dumps({"seed": chosen.seed, "programs": chosen.programs, **tally.counts}))
    for kind, spec in tally.wrong if chosen.list or chosen.show else ():
        small = spec if kind == "alarms" else reduced(spec)
        program = render(small, cut=kind != "alarms")
        print(f"{kind} {small}  (of {spec})  told {told(program)}")
        if chosen.show:
            print(indent(program.text, "    "))
    return 0


if __name__ == "__main__":
    sys.exit(main())
