"""Which functions are run at all: those that may be wrong in what they return, and no others."""

from __future__ import annotations

from textwrap import dedent

import pytest

from chainrule.flow.core.program import Module
from chainrule.flow.entry_points import roots
from chainrule.syntax import code_of, split_blocks
from flow.checking import HEADER, check


def _run(snippet: str) -> set[str]:
    """The names of the functions of a snippet that are run."""
    module = Module(HEADER + dedent(snippet), "file.py")
    return {root.name for block in module.blocks for root in roots(module, block, everything=False)}


_NETWORK = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))
        self.body = nn.Linear(2, 2)
"""


def test_a_tensor_of_sizes_is_no_reason() -> None:
    assert "Net.grid" not in _run(
        _NETWORK
        + """
    def grid(self, image):
        height, width = image.shape[-2:]
        return image / torch.tensor([height, width])
"""
    )


def test_nor_is_one_in_a_function_that_nothing_to_learn_comes_into() -> None:
    assert not _run("def grid(points, step):\n    return points * torch.tensor([step, step])\n")


def test_nor_is_a_copy() -> None:
    assert not _run("import copy\n\ndef twin(net, x):\n    return copy.deepcopy(net)(x).softmax(1)\n")


def test_nor_are_weights_that_are_written_and_not_returned() -> None:
    assert "Net.load" not in _run(
        _NETWORK + "\n    def load(self, other):\n        self.scale.data = other * 2\n"
    )


@pytest.mark.parametrize("value", ["self.scale", "self.body(x)[0]", "self.half(x)"])
def test_a_tensor_of_what_a_method_learns_is_found(value: str) -> None:
    check(
        _NETWORK
        + f"""
    def half(self, x):
        return self.body(x)[0]

    def mixed(self, x):
        first, second = {value}
        return x * torch.tensor([first, second])  # want CR107
"""
    )


def test_and_of_what_the_file_holds() -> None:
    check("""
        gains = nn.Parameter(torch.ones(2))

        def mixed(x):
            return x * torch.tensor([gains[0], gains[1]])  # want CR107
    """)


def test_and_of_what_a_base_may_hold() -> None:
    assert "Child.mixed" in _run(
        _NETWORK
        + """

class Child(Net):
    def mixed(self, x):
        return x * torch.tensor([self.scale[0], 2.0])
"""
    )


def test_what_a_docstring_shows_is_not_run() -> None:
    assert not _run('''
        def crop(image, size):
            """Cut a square out.

            >>> crop(torch.tensor([a, b]), 3).mean().backward()
            """
            return image[..., :size, :size]
    ''')


def test_code_has_the_lines_of_its_text() -> None:
    text = (
        'def f(x):\n    """One\n    two"""\n    s = \'\'\'a\n\'\'\'\n    return "b" + s\n\n\ny = """\n"""\n'
    )
    blocks = split_blocks(text)
    assert [code_of(block) for block in blocks] == [
        'def f(x):\n    \n\n    s = \n\n    return "b" + s\n\n\n',
        "y = \n\n",
    ]
