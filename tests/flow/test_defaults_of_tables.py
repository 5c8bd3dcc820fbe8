"""A `collections.defaultdict` makes one value for every key that is missing."""

from __future__ import annotations

import pytest

from flow.checking import check

STORES = {
    "list": (
        "defaultdict(list)",
        "self.columns[name].append(value.detach())",
        "torch.stack(self.columns[name])",
    ),
    "lambda": (
        "defaultdict(lambda: [])",
        "self.columns[name] += [value.detach()]",
        "sum(self.columns[name])",
    ),
}


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_what_is_kept_without_history(store: tuple[str, str, str]) -> None:
    made, kept, read = store
    check(f"""
        from collections import defaultdict

        class Columns:
            def __init__(self):
                self.columns = {made}

            def add(self, **entries):
                for name, value in entries.items():
                    {kept}  # want CR101 "self.net.weight"

            def read(self, name):
                return {read}

            def clear(self):
                self.columns.clear()

        class Agent(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(3, 1)
                self.columns = Columns()

            def loss(self, batches, gain):
                self.columns.clear()
                for batch in batches:
                    self.columns.add(score=self.net(batch).mean())
                return -(self.columns.read("score") * gain).mean()
    """)


def test_keys_do_not_share_what_they_hold() -> None:
    check("""
        from collections import defaultdict

        class Trainer(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(3, 1)

            def loss(self, batches):
                terms = defaultdict(list)
                for batch in batches:
                    score = self.net(batch)
                    terms["shown"].append(score)
                    terms["trained"].append(score.detach().square().mean())  # want CR101 "self.net.weight"
                return torch.stack(terms["trained"]).mean()
    """)


def test_figures_beside_the_loss_are_no_fault() -> None:
    check("""
        from collections import defaultdict

        class Trainer(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Linear(3, 1)

            def loss(self, batches):
                figures, terms = defaultdict(list), defaultdict(float)
                for batch in batches:
                    score = self.net(batch)
                    figures["mean"].append(score.detach().mean())
                    terms["size"] += score.square().mean()
                figures.clear()
                return terms["size"] / len(batches)
    """)
