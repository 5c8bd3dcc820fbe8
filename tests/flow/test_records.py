"""Data classes and named tuples where one of several is meant: all of their fields are looked at."""

from __future__ import annotations

import pytest

from flow.checking import check

_NAMED = "class Coded(NamedTuple):\n            value: torch.Tensor\n            pull: torch.Tensor"
_FIELDS = "@dataclass\n        class Coded:\n            value: torch.Tensor\n            pull: torch.Tensor"


def _residual_codes(record: str, pull: str, want: str = "") -> None:
    check(f"""
        from dataclasses import dataclass
        from typing import NamedTuple

        {record}

        class Book(nn.Module):
            def __init__(self):
                super().__init__()
                self.codes = nn.Embedding(8, 4)

            def forward(self, z):
                nearest = self.codes(torch.cdist(z, self.codes.weight).argmin(-1))
                return Coded(z + (nearest - z).detach(), {pull})  {want}

        class Coder(nn.Module):
            def __init__(self):
                super().__init__()
                self.enc, self.dec = nn.Linear(6, 4), nn.Linear(4, 6)
                self.books = nn.ModuleList(Book() for _ in range(2))

            def loss(self, x):
                rest, total, made = self.enc(x), 0.0, []
                for book in self.books:
                    coded = book(rest)
                    total, rest = total + coded.value, rest - coded.value.detach()
                    made.append(coded)
                return F.mse_loss(self.dec(total), x) + sum(each.pull for each in made)
    """)


@pytest.mark.parametrize("record", [_NAMED, _FIELDS])
def test_each_of_several_codes_learns_by_its_own_term(record: str) -> None:
    _residual_codes(record, "F.mse_loss(nearest, z.detach())")


def test_codes_that_no_term_teaches() -> None:
    _residual_codes(_NAMED, "F.mse_loss(z, nearest.detach())", '# want CR101 "codes.weight"')


def test_the_record_of_one_of_two_branches() -> None:
    check("""
        from typing import NamedTuple

        class Out(NamedTuple):
            loss: torch.Tensor
            logits: torch.Tensor

        class Classifier(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(4, 3)

            def loss(self, x, y, hard):
                logits = self.head(x)
                if hard:
                    out = Out(F.mse_loss(logits.detach(), y), logits)
                else:
                    out = Out(F.cross_entropy(logits, y), logits)
                return out.loss
    """)
