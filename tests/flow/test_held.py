"""What an object holds is followed, however it is put in and taken out: layers in tables, fields, names."""

from __future__ import annotations

import pytest

from chainrule import analyze
from flow.checking import check

MADE = {
    "display": 'nn.ModuleDict({"a": nn.Linear(3, 3), "b": nn.Linear(3, 3)})',
    "pairs": 'nn.ModuleDict([["a", nn.Linear(3, 3)], ["b", nn.Linear(3, 3)]])',
    "comprehension": 'nn.ModuleDict({name: nn.Linear(3, 3) for name in ("a", "b")})',
    "keywords": "nn.ModuleDict(dict(a=nn.Linear(3, 3), b=nn.Linear(3, 3)))",
}
TAKEN = {
    "items": "for name, stage in self.stages.items():",
    "values": "for stage in self.stages.values():",
    "keys": "for name in self.stages:\n                    stage = self.stages[name]",
}


@pytest.mark.parametrize("taken", TAKEN.values(), ids=TAKEN)
@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_a_table_of_layers(made: str, taken: str) -> None:
    check(f"""
        class Picker(nn.Module):
            def __init__(self):
                super().__init__()
                self.stages = {made}

            def loss(self, trace, arrival):
                {taken}
                    trace = torch.tanh(stage(trace))
                return F.l1_loss(trace.detach(), arrival)  # want CR101 "self.stages.a.weight"
    """)


def test_a_table_that_is_filled_later() -> None:
    check("""
        class Picker(nn.Module):
            def __init__(self):
                super().__init__()
                self.stages = nn.ModuleDict()
                for name in ("a", "b"):
                    self.stages[name] = nn.Linear(3, 3)

            def loss(self, trace, arrival):
                for name in self.stages:
                    trace = torch.tanh(self.stages[name](trace))
                return F.l1_loss(trace.detach(), arrival)  # want CR101 "self.stages.a.weight"
    """)


def test_an_attribute_that_is_called_items() -> None:
    check("""
        class Basket(nn.Module):
            def __init__(self, items):
                super().__init__()
                self.items = items
                self.scale = nn.Parameter(torch.ones(()))

            def loss(self, pred, target):
                return sum(F.l1_loss(self.scale * pred[i], target[i]) for i in self.items)
    """)


OBJECTS = {
    "a class that is a dict": (
        "class Box(dict):\n    pass",
        'box = Box()\n    box["a"] = V\n    v = box["a"]',
    ),
    "a class that is a list": (
        "class Box(list):\n    pass",
        "box = Box()\n    box.append(V)\n    v = sum(box)",
    ),
    "a typed dict": ("class Out(TypedDict):\n    value: torch.Tensor", 'v = Out(value=V)["value"]'),
    "a named tuple, unpacked": ('Out = namedtuple("Out", "value size")', "v, size = Out(V, 1)"),
    "what a data class makes of its fields": (
        "@dataclass\nclass Out:\n    value: torch.Tensor\n\n    def __post_init__(self):\n"
        "        self.twice = 2 * self.value",
        "v = Out(V).twice",
    ),
    "the fields of an object": (
        "@dataclass\nclass Out:\n    value: torch.Tensor",
        'v = vars(Out(V))["value"]',
    ),
    "a pattern of a class": (
        "@dataclass\nclass Out:\n    value: torch.Tensor",
        "match Out(V):\n        case Out(value=v):\n            pass",
    ),
    "a pattern of a list": ("", "match (V, 1):\n        case [v, 1]:\n            pass"),
    "a pattern of a dict": ("", 'match {"a": V}:\n        case {"a": v}:\n            pass'),
    "the last entry": ("", 'entries = {"a": V}\n    name, v = entries.popitem()'),
    "a counter": ("", 'sums = Counter()\n    sums["a"] += V\n    v = sums["a"]'),
    "an outer name": (
        "",
        "v = None\n    def keep():\n        nonlocal v\n        v = V\n    keep()",
    ),
    "a function that counts down": (
        "def doubled(t, times):\n    return t if times == 0 else doubled(2 * t, times - 1)",
        "v = doubled(V, 3)",
    ),
}
IMPORTS = (
    "import torch\nimport torch.nn.functional as F\nfrom collections import Counter, namedtuple\n"
    "from dataclasses import dataclass\nfrom typing import TypedDict\n"
)


@pytest.mark.parametrize(("defined", "used"), OBJECTS.values(), ids=OBJECTS)
def test_a_value_is_followed_through(defined: str, used: str) -> None:
    def findings(value: str) -> list[tuple[str, tuple[str, ...]]]:
        body = (
            f"def a_loss(pred, target):\n    {used.replace('V', value)}\n    return F.mse_loss(v, target)\n"
        )
        return [(found.code, found.sources) for found in analyze(f"{IMPORTS}\n{defined}\n\n{body}").findings]

    assert findings("pred.detach()") == [("CR101", ("pred",))]
    assert findings("pred.exp()") == []


def test_a_class_of_layers() -> None:
    check("""
        class Head(nn.Sequential):
            def __init__(self, width):
                super().__init__(nn.Linear(width, width), nn.ReLU())

        class Judge(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = Head(4)

            def loss(self, x, wanted):
                return F.mse_loss(self.head(x).detach(), wanted)  # want CR101 "self.head.0.weight"
    """)


def test_a_state_that_a_helper_of_forward_sets() -> None:
    check("""
        class Node(nn.Module):
            def __init__(self):
                super().__init__()
                self.v = 0.0

            def charge(self, x):
                self.v = self.v + (x - self.v) / 2  # want CR504 "previous step"

            def forward(self, x):
                self.charge(x)
                return torch.sigmoid(self.v)

        class Spiking(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc, self.node = nn.Linear(4, 2), Node()

            def loss(self, x, y):
                return F.mse_loss(self.node(self.fc(x)), y)
    """)


def test_a_state_that_a_helper_of_forward_starts_afresh() -> None:
    check("""
        class Node(nn.Module):
            def __init__(self):
                super().__init__()
                self.v = 0.0

            def start(self, x):
                self.v = torch.zeros_like(x)

            def forward(self, x):
                self.start(x)
                for _ in range(3):
                    self.v = self.v + (x - self.v) / 2
                return torch.sigmoid(self.v)

        class Spiking(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc, self.node = nn.Linear(4, 2), Node()

            def loss(self, x, y):
                return F.mse_loss(self.node(self.fc(x)), y)
    """)


def test_a_state_in_a_table() -> None:
    check("""
        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.GRU(3, 4)
                self.state = {"hidden": None, "steps": 0}

            def training_step(self, x, y):
                out, self.state["hidden"] = self.rnn(x, self.state["hidden"])  # want CR504 "previous step"
                return F.mse_loss(out, y)

        class Careful(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.GRU(3, 4)
                self.state = {"hidden": None, "steps": 0}

            def training_step(self, x, y):
                out, hidden = self.rnn(x, self.state["hidden"])
                self.state["hidden"], self.state["steps"] = hidden.detach(), self.state["steps"] + 1
                return F.mse_loss(out, y)
    """)


def test_a_copy_that_is_filled_and_stored() -> None:
    check("""
        class Memory(nn.Module):
            def __init__(self):
                super().__init__()
                self.write = nn.Linear(3, 4)
                self.rows = torch.zeros(4, 4)

            def loss(self, x, y):
                new = self.rows.clone()
                new[0] = self.write(x).mean(0)
                self.rows = new  # want CR504 "previous step"
                return (torch.tanh(self.rows).mean(0) - y).pow(2).mean()

        class Table(nn.Module):
            def __init__(self):
                super().__init__()
                self.write = nn.Linear(3, 4)
                self.rows = torch.zeros(4, 4)

            def loss(self, x, y):
                self.rows[0] = self.write(x).mean(0)  # want CR504 "previous step"
                return (torch.tanh(self.rows).mean(0) - y).pow(2).mean()
    """)
