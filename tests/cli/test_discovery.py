"""Which files a folder's check reads."""

from __future__ import annotations

import os
from pathlib import Path

from chainrule import config, discovery


def tree(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config.forget()


def found(folder: Path) -> list[str]:
    return [os.path.relpath(path, folder).replace(os.sep, "/") for path in discovery.walk(str(folder))]


def test_python_and_notebooks_are_found_in_order(tmp_path: Path) -> None:
    tree(tmp_path, {"b.py": "", "a/c.ipynb": "{}", "a/b.py": "", "notes.txt": "", "types.pyi": ""})
    assert found(tmp_path) == ["a/b.py", "a/c.ipynb", "b.py"]


def test_environments_caches_and_hidden_entries_are_left_out(tmp_path: Path) -> None:
    skipped = [
        ".hidden.py",
        ".git/x.py",
        "venv/x.py",
        "lib/site-packages/x.py",
        "__pycache__/x.py",
        "my_env/x.py",
    ]
    tree(tmp_path, {"a.py": "", "my_env/pyvenv.cfg": "", **dict.fromkeys(skipped, "")})
    assert found(tmp_path) == ["a.py"]


def test_gitignore_files_hold_where_they_stand(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {
            ".gitignore": "*_gen.py\n/out/\n",
            "a_gen.py": "",
            "out/x.py": "",
            "sub/out/x.py": "",
            "sub/.gitignore": "!keep_gen.py\n",
            "sub/keep_gen.py": "",
            "sub/other_gen.py": "",
        },
    )
    assert found(tmp_path) == ["sub/keep_gen.py", "sub/out/x.py"]


def test_gitignore_files_above_hold_within_a_work_tree(tmp_path: Path) -> None:
    tree(tmp_path, {".gitignore": "gen/\n", "package/gen/x.py": "", "package/a.py": ""})
    assert found(tmp_path / "package") == ["a.py", "gen/x.py"]
    (tmp_path / ".git").mkdir()
    assert found(tmp_path / "package") == ["a.py"]


def test_an_ignored_folder_that_is_named_is_read(tmp_path: Path) -> None:
    tree(tmp_path, {".git/HEAD": "", ".gitignore": "out/\n", "out/x.py": ""})
    assert found(tmp_path / "out") == ["x.py"]


def test_exclude_is_relative_to_the_settings(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {
            "chainrule.toml": 'exclude = ["/vendor", "*_pb2.py"]',
            "vendor/x.py": "",
            "a/vendor/x.py": "",
            "a/x_pb2.py": "",
        },
    )
    assert found(tmp_path) == ["a/vendor/x.py"]
    assert found(tmp_path / "a") == ["vendor/x.py"]


def test_loops_of_links_and_broken_links_do_no_harm(tmp_path: Path) -> None:
    tree(tmp_path, {"a/x.py": ""})
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    assert found(tmp_path) == ["a/x.py"]
