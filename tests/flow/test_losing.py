"""What is looked for in the text of a network is what the facts table says loses a gradient."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from chainrule.flow.core.losing import loses, tells_about
from chainrule.flow.core.triggers import LOSING
from flow.checking import check


def call(text: str) -> ast.Call:
    found = ast.parse(text, mode="eval").body
    assert isinstance(found, ast.Call)
    return found


@pytest.mark.parametrize("text", LOSING)
def test_each_text_is_a_call_that_loses_a_gradient(text: str) -> None:
    named = text.removesuffix("self.").removesuffix(")").removeprefix(".")
    assert loses(call(f"{named}x)" if text.endswith("self.") else f"x.{named})"))


@pytest.mark.parametrize(
    "text", ["x.float()", "x.detach()", "torch.relu(x)", "x.size()", "self.layer(x)", "len(x)"]
)
def test_others_lose_none(text: str) -> None:
    """A stop-gradient is meant, and what tells of a tensor without its numbers is none of them."""
    assert not loses(call(text))


@pytest.mark.parametrize("name", ["shape", "size", "dtype", "device", "len", "isinstance"])
def test_what_tells_of_a_tensor_without_its_numbers(name: str) -> None:
    assert tells_about(name)
    assert not tells_about("mean")


@pytest.mark.parametrize(
    ("code", "lost"),
    [
        ("CR201", "torch.ceil(self.hidden(x))"),
        ("CR108", "self.hidden(x).long()"),
        ("CR104", "torch.bucketize(self.hidden(x), self.edges).float()"),
        ("CR109", "F.one_hot(self.hidden(x).argmax(-1), 4).float()"),
    ],
)
def test_a_network_that_loses_its_hidden_layer(code: str, lost: str) -> None:
    code = "CR104" if "argmax" in lost else code
    check(
        dedent(f"""
        class Coded(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = nn.Linear(4, 4)
                self.out = nn.Linear(4, 2)
                self.register_buffer("edges", torch.linspace(-1, 1, 5))

            def forward(self, x):
                code = {lost}  # want {code} "`self.hidden.weight`"
                return self.out(code * 1.0)
        """)
    )
