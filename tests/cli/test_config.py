"""Settings files: what is read, from where, and what is said of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule import config, selection
from chainrule.config import ConfigError


def settings(folder: Path, text: str, name: str = "chainrule.toml") -> config.Config | None:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return config.load(path)


def test_every_setting_is_read(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        """
[tool.other]
x = 1
[tool.chainrule]
select = ["CR1", "cr2"]
ignore = ["CR105"]
exclude = ["third_party/"]
predictions = ["yhat"]
targets = ["y"]
[tool.chainrule.per-file-ignores]
"tests/*" = ["CR7"]
[tool.chainrule.probe]
python = "env/bin/python"
timeout = 5
device = "cuda:1"
[tool.chainrule.probe.inputs]
focal_loss = "pred=torch.rand(4)"
""",
        "pyproject.toml",
    )
    assert found is not None
    assert (found.select, found.ignore, found.exclude) == (("CR1", "CR2"), ("CR105",), ("third_party/",))
    assert (found.predictions, found.targets) == (("yhat",), ("y",))
    assert found.per_file_ignores == {"tests/*": ("CR7",)}
    assert found.probe.python == str(tmp_path / "env/bin/python")
    assert (found.probe.timeout, found.probe.device) == (5.0, "cuda:1")
    assert found.probe.inputs == {"focal_loss": "pred=torch.rand(4)"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "has no setting `selct`; did you mean `select`?"),
        ("per_file_ignores = {}", "did you mean `per-file-ignores`?"),
        ("[probe]\ntimout = 1", r"\[probe\] has no setting `timout`; did you mean `timeout`?"),
        ("zzz = 1", "known are select, ignore, exclude"),
        ('select = "CR1"', "`select` in the top level must be a list of strings"),
        ('select = ["E501"]', "has `E501`, which is not a code"),
        ("[probe]\ntimeout = -1", "must be a number of seconds above 0"),
        ('[probe]\ndevice = "gpu"', "is `gpu`; known are auto, cpu"),
        ("probe = 3", "`probe` in the top level must be a table"),
        ("select = [", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        settings(tmp_path, text)
    assert str(tmp_path / "chainrule.toml") in str(error.value)


def test_the_nearest_file_with_settings_wins(tmp_path: Path) -> None:
    inner = tmp_path / "package" / "inner"
    inner.mkdir(parents=True)
    settings(tmp_path, 'ignore = ["CR1"]')
    (tmp_path / "package" / "pyproject.toml").write_text("[tool.black]\n# not chainrule\n", encoding="utf-8")
    assert config.find(inner).ignore == ("CR1",)
    config.forget()
    settings(inner, "[tool.chainrule]\n", "pyproject.toml")
    assert config.find(inner).ignore == ()
    assert config.find(inner).root == inner


@pytest.mark.parametrize(
    ("select", "ignore", "code", "wanted"),
    [
        (("ALL",), (), "CR101", True),
        (("CR1",), (), "CR201", False),
        (("ALL",), ("CR1",), "CR101", False),
        (("CR101",), ("CR1",), "CR101", True),
        (("CR1",), ("CR1",), "CR101", False),
        (("CR1",), ("CR101",), "CR101", False),
        (("CR1",), ("CR101",), "CR102", True),
    ],
)
def test_the_closest_prefix_decides(
    select: tuple[str, ...], ignore: tuple[str, ...], code: str, wanted: bool
) -> None:
    assert selection.selects(select, ignore, code) is wanted
