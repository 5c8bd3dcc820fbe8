"""Only what the loss needs is run, and every kept line stays where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.probe.losses import find_losses
from chainrule.probe.request import ProbeRequest, build_request
from chainrule.probe.slicing import slice_source
from chainrule.probe.slicing_names import used_names

TEXT = """\
import os, sys
import argparse
import torch
from torch import nn
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--gamma", type=float, default=2.0)
args = parser.parse_args()
torch.set_default_dtype(torch.float64)
TABLE = {}
TABLE["a"] = 1.0
TABLE.update(b=2.0)
print("loading")
loader = open("data.bin").read()

def helper(x):
    return x * TABLE["a"] * args.gamma

def broken(x:
    return x +

def loss(pred, target):
    wandb_free = helper(pred)
    return (wandb_free - target).mean()

for epoch in range(10):
    loss(torch.rand(3), torch.rand(3)).backward()

if __name__ == "__main__":
    wandb.init()
"""


def kept(needed: set[str], text: str = TEXT) -> dict[int, str]:
    return {n: line for n, line in enumerate(slice_source(text, needed).split("\n"), 1) if line.strip()}


def test_the_lines_stay_where_they_were() -> None:
    lines = TEXT.split("\n")
    for number, line in kept({"loss"}).items():
        assert line in (lines[number - 1], lines[number - 1].replace("parse_args()", "parse_args([])"))
    assert len(slice_source(TEXT, {"loss"}).split("\n")) == len(lines)


def test_what_is_kept_and_what_is_not() -> None:
    text = "\n".join(kept({"loss"}).values())
    for needed in (
        "def loss",
        "def helper",
        "TABLE = {}",
        'TABLE["a"]',
        "TABLE.update",
        "add_argument",
        "import torch",
    ):
        assert needed in text
    for left_out in ("print", "wandb", "loader", "epoch", "__main__", "import os", "def broken"):
        assert left_out not in text.replace("wandb_free", "")


def test_a_global_mode_is_kept_though_nothing_names_it() -> None:
    assert 10 in kept({"loss"})


def test_the_command_line_is_not_read() -> None:
    assert kept({"loss"})[9] == "args = parser.parse_args([])"


def test_a_syntax_error_elsewhere_does_not_matter() -> None:
    compile(slice_source(TEXT, {"loss"}), "sliced.py", "exec")


def test_locals_and_parameters_are_not_needed() -> None:
    text = "pred = 1\ndef f(pred, *, k=0):\n    y = pred + k\n    return [y + z for z in pred] + [other]\n"
    assert kept({"f"}, text).keys() == {2, 3, 4}


@pytest.mark.parametrize(
    ("registering", "kept_line"),
    [
        (
            "def term(name):\n    def add(f):\n        TERMS[name] = f\n        return f\n    return add",
            '@term("l1")',
        ),
        ("def term(f):\n    TERMS.append(f)\n    return f", "@term"),
        ("TERMS = Registry()", '@TERMS.register("l1")'),
    ],
)
def test_what_registers_itself_is_kept(registering: str, kept_line: str) -> None:
    text = (
        f"TERMS = {{}}\n{registering}\n{kept_line}\ndef l1(x):\n    return x.abs()\n"
        "@torch.no_grad()\ndef other(x):\n    return x\n"
        "def loss(x):\n    return sum(t(x) for t in TERMS)\n"
    )
    lines = kept({"loss"}, text).values()
    assert kept_line in lines and "def l1(x):" in lines
    assert "def other(x):" not in lines


def test_subclasses_of_a_class_that_collects_them_are_kept() -> None:
    text = (
        "class Term:\n    every = []\n    def __init_subclass__(cls):\n        Term.every.append(cls)\n"
        "class L1(Term):\n    pass\nclass Other:\n    pass\n"
        "def loss(x):\n    return sum(t()(x) for t in Term.every)\n"
    )
    lines = kept({"loss"}, text).values()
    assert "class L1(Term):" in lines and "class Other:" not in lines


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("x + f(y)", {"x", "f", "y"}),
        ("def f(a, b=D):\n    return a + G", {"D", "G"}),
        ("lambda a: a + b", {"b"}),
        ("class A(Base):\n    k = K\n    def m(self):\n        return Z", {"Base", "K", "Z"}),
    ],
)
def test_used_names(code: str, names: set[str]) -> None:
    import ast

    assert used_names(ast.parse(code)) >= names
    assert not {"a", "self"} & used_names(ast.parse(code))


def test_losses_by_name_by_class_and_by_backward() -> None:
    text = """
class FocalLoss(nn.Module):
    def forward(self, pred, y):
        return self.compute_loss(pred, y)
    def compute_loss(self, pred, y):
        return (pred - y).mean()

class Net(nn.Module):
    def forward(self, x):
        return x
    def training_step(self, batch):
        return batch.mean()

def dice_loss(a, b):
    return a * b

def log_loss_curve(a):
    return a

def distance(a, b):
    return (a - b).norm()

def step(a, b):
    d = distance(a, b)
    d.backward()
"""
    assert find_losses(text) == ["FocalLoss.forward", "Net.training_step", "dice_loss", "distance"]


def test_without_a_name_the_functions_with_an_example_call() -> None:
    text = "import torch\ndef f(a):\n    return a.sum()\ndef g(a):\n    return a\nx = torch.rand(3)\nf(x)\n"
    assert find_losses(text) == ["f"]


def test_a_function_that_returns_a_loss_of_torch_is_one() -> None:
    text = (
        "def first(x, y):\n    out = 2 * F.mse_loss(x, y)\n    return out\n"
        "def accuracy(x, y):\n    return (x.argmax(1) == y).float().mean()\n"
        "class Net(nn.Module):\n    def forward(self, x, y):\n"
        "        return {'loss': F.cross_entropy(x, y)}\n"
    )
    assert find_losses(text) == ["first", "Net.forward"]


def test_an_unknown_function_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="defines no function nothing; it defines loss"):
        build_request(ProbeRequest(str(tmp_path / "a.py"), "def loss(a):\n    return a", "nothing"))


def test_inputs_that_are_no_python_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--inputs is not Python"):
        build_request(ProbeRequest(str(tmp_path / "a.py"), "def loss(a):\n    return a", "loss", inputs="a="))


def test_packages_are_found_as_the_project_imports_them(tmp_path: Path) -> None:
    package = tmp_path / "src" / "shapes" / "losses"
    package.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    for folder in (package, package.parent):
        (folder / "__init__.py").touch()
    request = build_request(ProbeRequest(str(package / "edge.py"), "def loss(a):\n    return a", "loss"))
    assert (request["package"], request["module"]) == ("shapes.losses", "shapes.losses.edge")
    assert request["root"] == str(tmp_path)
    assert str(tmp_path / "src") in request["sys_path"]
