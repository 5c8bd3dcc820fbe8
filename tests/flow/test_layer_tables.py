"""Layers that a module keeps in a list or a table are followed, however they are put in and taken out."""

from __future__ import annotations

import pytest

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
