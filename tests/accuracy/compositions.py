"""Programs made of the parts in `parts/`: a way to train, a model, a loss, and what carries tensors between.

A specification says which parts, and where the gradient is cut; rendering it with the cut and without gives
two programs that differ in nothing else. parts/README.md says how the parts are written.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

PARTS = Path(__file__).parent / "parts"
_SECTION = re.compile(r"^-- (\w+) ?(.*)$")
_NAME = re.compile(r"\$([A-Za-z]+)(\d?)")
_SLOT = re.compile(r"^( *)>(>|0) (\S+) -> (\S+)$")
_BESIDE = re.compile(r"^( *)\.\.((?: \S+)+)$")
# Import statements by what needs them.
_IMPORTS = {
    "import collections": "collections.",
    "import contextlib": "contextlib.",
    "import copy": "copy.",
    "import functools": "functools.",
    "import itertools": "itertools.",
    "import numpy as np": "np.",
    "import torch": "torch.",
    "import torch.nn.functional as F": "F.",
    "import torch.utils.checkpoint": "checkpoint(",
    "from dataclasses import dataclass, field": "@dataclass",
    "from torch import nn": "nn.",
    "from torch.autograd import Variable": "Variable(",
    "from types import SimpleNamespace": "SimpleNamespace(",
    "from typing import NamedTuple": "(NamedTuple)",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part by its name, with the text of each of its sections."""

    name: str
    flags: frozenset[str]
    sections: dict[str, str]

    def __getitem__(self, section: str) -> str:
        return self.sections.get(section, "")


def _parts(name: str) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for text in ("\n" + (PARTS / f"{name}.txt").read_text()).split("\n== ")[1:]:
        head, *lines = text.rstrip("\n").split("\n")
        title, *flags = head.split()
        sections: dict[str, list[str]] = {"body": []}
        current = "body"
        for line in lines:
            opened = _SECTION.match(line)
            if opened:
                current = opened[1]
                sections[current] = [opened[2]] if opened[2] else []
            else:
                sections[current].append(line)
        found[title] = Part(title, frozenset(flags), {k: "\n".join(v) for k, v in sections.items()})
    return found


NAMES = {
    kind: pool.split()
    for kind, pool in (line.split(": ", 1) for line in (PARTS / "names.txt").read_text().splitlines() if line)
}
CARRIERS, CUTS, BESIDES = _parts("carriers"), _parts("cuts"), _parts("besides")
LOSSES, MODELS, PROGRAMS = _parts("losses"), _parts("models"), _parts("programs")


@dataclass(frozen=True, slots=True)
class Spec:
    """What a program is made of.

    `seed`: of its names. `site`: the number of the place of its cut, modulo how many it has.
    """

    seed: int
    program: str
    model: str
    loss: str
    carriers: tuple[tuple[int, str], ...]
    """Each with the number of its slot."""
    besides: tuple[tuple[int, str], ...]
    cut: str
    site: int
    plain: bool = False
    """Names are the first of their lines."""

    def __str__(self) -> str:
        parts = [self.program, self.model, self.loss, *(name for _, name in self.carriers)]
        return " + ".join([*parts, *(f"beside {name}" for _, name in self.besides), f"cut {self.cut}"])


@dataclass(slots=True)
class Program:
    """A program; `run`: the statements that run what its text does not run itself. Lines count from 1."""

    text: str
    run: str
    cut_lines: frozenset[int]


class Unfit(Exception):
    """These parts make no program."""


class _Namer:
    """Draws names; no name twice in a program, as long as there are others."""

    def __init__(self, seed: int, plain: bool) -> None:
        self.chance = None if plain else random.Random(seed)
        self.used: set[str] = set()

    def fill(self, text: str, given: dict[str, str] | None = None) -> str:
        names: dict[str, str] = dict(given or {})

        def name(found: re.Match[str]) -> str:
            kind, key = found[1], found[1] + found[2]
            if kind == "pair" and key not in names:
                pairs = [p for p in NAMES["pair"] if not self.used & set(p.split(","))] or NAMES["pair"]
                names["pair0"], names["pair1"] = self._one_of(pairs).split(",")
                self.used |= {names["pair0"], names["pair1"]}
            if key not in names:
                fresh = [each for each in NAMES[kind] if each not in self.used]
                names[key] = self._one_of(fresh) if fresh else f"{NAMES[kind][0]}{len(self.used)}"
                self.used.add(names[key])
            return names[key]

        return _NAME.sub(name, text)

    def _one_of(self, pool: list[str]) -> str:
        return self.chance.choice(pool) if self.chance is not None else pool[0]

    def chain(self, start: str, end: str, count: int, kept: bool) -> list[str]:
        between = [start] if kept and start.isidentifier() else []
        return [start, *((between * count)[: count - 1] or [self.fill("$h") for _ in range(count - 1)]), end]


def indent(text: str, by: str) -> str:
    """`text` with `by` before every line that is not empty."""
    return "\n".join(by + line if line else "" for line in text.split("\n"))


@dataclass(slots=True)
class _Rendering:
    """What filling the slots of a program's parts has counted and collected so far."""

    spec: Spec
    namer: _Namer
    defs: list[str] = field(default_factory=list)
    slots: int = 0
    places: int = 0

    def expand(self, text: str) -> str:
        """`text` with its slots filled."""
        init: list[str] = []
        methods: list[str] = []
        in_class = "##init" in text
        lines: list[str] = []
        for line in text.split("\n"):
            slot, beside = _SLOT.match(line), _BESIDE.match(line)
            if slot:
                lines.append(indent(self._carried(slot, in_class, init, methods), slot[1]))
            elif beside:
                lines += [indent(each, beside[1]) for each in self._besides(beside[2].split())]
            else:
                lines.append(line)
        made = "\n".join(lines)
        made = re.sub(
            r"^( *)##init\n?",
            lambda m: indent("\n".join(init), m[1]) + "\n" if init else "",
            made,
            flags=re.M,
        )
        return re.sub(
            r"^( *)##methods\n",
            lambda m: "".join(indent(each, m[1]) + "\n\n" for each in methods),
            made,
            flags=re.M,
        )

    def _carried(self, slot: re.Match[str], in_class: bool, init: list[str], methods: list[str]) -> str:
        number, self.slots = self.slots, self.slots + 1
        chosen = [CARRIERS[name] for at, name in self.spec.carriers if at == number]
        chosen = [each for each in chosen if not (slot[2] == "0" and "tensor" in each.flags)]
        if any("self" in each.flags and not in_class for each in chosen):
            raise Unfit
        if not chosen:
            return f"{slot[4]} = CUT({slot[3]})"
        kept = self.namer.chance is not None and self.namer.chance.random() < 0.3
        kept = kept and not any("new" in each.flags for each in chosen)
        steps = self.namer.chain(slot[3], slot[4], len(chosen), kept)
        lines = []
        for carrier, start, end in zip(chosen, steps, steps[1:], strict=False):
            text = "\n-- \n".join(carrier[key] for key in ("body", "defs", "init", "methods"))
            body, defs, begins, extra = self.namer.fill(text, {"in": start, "out": end}).split("\n-- \n")
            lines.append(body)
            self.defs += [defs] if defs else []
            init += [begins] if begins else []
            methods += [extra] if extra else []
        return "\n".join(lines)

    def _besides(self, values: list[str]) -> list[str]:
        number, self.places = self.places, self.places + 1
        found = []
        for at, name in self.spec.besides:
            part = BESIDES[name]
            if at == number and ("loss" not in part.flags or len(values) == 2):
                found.append(self.namer.fill(part["body"], {"in": values[0], "loss": values[-1]}))
        return found


def render(spec: Spec, cut: bool) -> Program:
    """The program of a specification, with its cut or whole. Raises Unfit."""
    made = _Rendering(spec, _Namer(spec.seed, spec.plain))
    program, loss, model = PROGRAMS[spec.program], LOSSES[spec.loss], MODELS[spec.model]
    alone = "only_loss" in program.flags
    loss_text, call = made.namer.fill(loss["defs"] + "\n-- \n" + loss["call"]).split("\n-- \n")
    model_text, make = made.namer.fill(model["defs"] + "\n-- \n" + model["make"]).split("\n-- \n")
    main = made.namer.fill(program["body"] + "\n-- \n" + program["run"])
    body, run = re.sub(r"\bLOSS\b", call, re.sub(r"\bMODEL\b", make, main)).split("\n-- \n")
    if alone and not loss_text:
        raise Unfit
    blocks = [made.expand(loss_text), "" if alone else made.expand(model_text), made.expand(body)]
    if any(at >= made.slots for at, _ in spec.carriers) or any(at >= made.places for at, _ in spec.besides):
        raise Unfit
    text = "\n\n\n".join(block.strip("\n") for block in [*made.defs, *blocks] if block.strip("\n"))
    if cut:
        text = _with_cut(text, spec, made.namer)
    text = _without_marks(text)
    lines = [line for line, needle in _IMPORTS.items() if needle in text.replace("\x01", "")]
    text = "\n".join(lines) + "\n\n\n" + text + "\n"
    marked = frozenset(n for n, line in enumerate(text.split("\n"), 1) if "\x01" in line)
    return Program(text.replace("\x01", ""), run, marked)


def _sites(text: str) -> list[int]:
    return [found.start() for found in re.finditer(r"\bCUT\(", text)]


def _closing(text: str, start: int) -> int:
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] == "(") - (text[position] == ")")
        if depth == 0 and text[position] == ")":
            return position
    raise Unfit


def _atom(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+(?:\([\w., ]*\)|\[[\w., :]*\])?", text) else f"({text})"


def _without_marks(text: str) -> str:
    while sites := _sites(text):
        start = sites[-1]
        end = _closing(text, start + 3)
        inner = text[start + 4 : end]
        around = (
            text[end + 1 : end + 2] in (".", "[")
            or text[end + 1 : end + 3] == " *"
            or text[:start].endswith("* ")
        )
        text = text[:start] + (_atom(inner) if around else inner) + text[end + 1 :]
    return text


def _with_cut(text: str, spec: Spec, namer: _Namer) -> str:
    """The text with the cut at its site; its lines are marked with \\x01."""
    sites = _sites(text)
    if not sites:
        raise Unfit
    start = sites[spec.site % len(sites)]
    cut = CUTS[spec.cut]["body"]
    end = _closing(text, start + 3)
    inner = _without_marks(text[start + 4 : end])
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line = text[first : last if last >= 0 else len(text)]
    space = line[: len(line) - len(line.lstrip())]
    head, tail = text[:first], text[first + len(line) :]
    if cut.startswith("@"):
        above = [
            m for m in re.finditer(r"^( *)(?:@\w+\n\1)?def \w+\(.*:$", head, re.M) if len(m[1]) < len(space)
        ]
        if not above:
            raise Unfit
        at = above[-1].start()
        return text[:at] + above[-1][1] + "\x01" + cut + "\n" + text[at:]
    if "\n" not in cut:
        return text[:start] + "\x01" + cut.replace("X", _atom(inner)) + text[end + 1 :]
    if line.rstrip().endswith(":"):
        raise Unfit
    if "LINE" in cut:
        new = cut.replace("LINE", _without_marks(line.strip()))
    else:
        whole = re.fullmatch(r"\s*(\w+) = CUT\(.*\)", line)
        if whole is None or line[: start - first].strip() != f"{whole[1]} =" or end - first != len(line) - 1:
            raise Unfit
        new = namer.fill(cut, {"out": whole[1]}).replace("X", _atom(inner))
    return head + indent("\n".join(each + "\x01" for each in new.split("\n")), space) + tail


def draw(chance: random.Random) -> Spec:
    """A specification; not all of them make a program."""
    program, model, loss = (chance.choice(list(kind)) for kind in (PROGRAMS, MODELS, LOSSES))
    texts = [LOSSES[loss]["defs"], PROGRAMS[program]["body"]]
    texts += [] if "only_loss" in PROGRAMS[program].flags else [MODELS[model]["defs"]]
    lines = [line for text in texts for line in text.split("\n")]
    slots, places = (sum(bool(kind.match(line)) for line in lines) for kind in (_SLOT, _BESIDE))
    carriers = [
        (chance.randrange(slots), chance.choice(list(CARRIERS))) for _ in range(chance.randint(1, 3)) if slots
    ]
    besides = [
        (chance.randrange(places), chance.choice(list(BESIDES)))
        for _ in range(chance.randint(0, 2))
        if places
    ]
    cut, site = chance.choice(list(CUTS)), chance.randrange(60)
    return Spec(chance.randrange(10**6), program, model, loss, tuple(carriers), tuple(besides), cut, site)
