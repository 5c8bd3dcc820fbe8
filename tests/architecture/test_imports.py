"""The invariants of ARCHITECTURE.md that can be seen in imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ANALYZERS, SERVER = ROOT / "analyzers", ROOT / "server"
AGENT = ANALYZERS / "chainrule" / "probe" / "agent"

# From low to high. A part may import from its own layer and from those below.
LAYERS = (
    ("findings", "source_error"),
    ("edits",),
    ("syntax",),
    ("names",),
    ("gradient_facts",),
    ("flow",),
    ("fixes",),
    ("extraction",),
    ("rules",),
    ("moving",),
    ("memory", "reporting"),
    ("examination",),
    ("analysis", "__init__"),
    ("sources", "notebooks"),
    ("project", "probe"),
    ("fixing", "config", "discovery", "suppression", "selection"),
    ("catalogue",),
    ("cli", "__main__"),
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
# The same inside of `flow`; "" are the modules beside these folders.
FLOW_LAYERS = ("core", "numbers", "operations", "effects", "judgement", "")
PROBE_MAY_IMPORT = {"findings", "syntax", "probe"}


def module_name(path: Path, base: Path) -> str:
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(base: Path, package: str) -> dict[str, Path]:
    """The modules of a package in `base` by dotted name, without the code that runs in the user's process."""
    paths = (path for path in (base / package).rglob("*.py") if AGENT not in path.parents)
    return {module_name(path, base): path for path in paths}


CHAINRULE = modules(ANALYZERS, "chainrule")


def imported(path: Path, package: str, *, at_import: bool = False) -> Iterator[str]:
    """What a module imports, absolute; with `at_import`, only what its own import executes."""
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8")), at_import):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _nodes(tree: ast.AST, at_import: bool) -> Iterator[ast.AST]:
    """Every node; with `at_import`, without function bodies and `if TYPE_CHECKING:`."""
    for node in ast.iter_child_nodes(tree):
        later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if at_import and (later or typing_only):
            continue
        yield node
        yield from _nodes(node, at_import)


def package_of(name: str, path: Path) -> str:
    return name if path.name == "__init__.py" else name.rpartition(".")[0]


def part_of(name: str) -> str:
    """The part of chainrule that a dotted name belongs to: `chainrule.flow.core.graph` is in `flow`."""
    pieces = name.split(".")
    return pieces[1] if len(pieces) > 1 else "__init__"


@pytest.mark.parametrize("name", sorted(CHAINRULE))
def test_chainrule_speaks_no_lsp_and_knows_no_torch(name: str) -> None:
    roots = {module.split(".")[0] for module in imported(CHAINRULE[name], package_of(name, CHAINRULE[name]))}
    assert not roots & {"pygls", "lsprotocol", "torch", "numpy", "chainrule_server", "chainrule_agent"}


@pytest.mark.parametrize("name", sorted(CHAINRULE))
def test_lower_layers_know_no_higher_ones(name: str) -> None:
    part = part_of(name)
    assert part in LEVEL, f"{name}: say in LAYERS where `{part}` belongs"
    for module in imported(CHAINRULE[name], package_of(name, CHAINRULE[name])):
        other = part_of(module)
        if module.split(".")[0] != "chainrule" or module == "chainrule" or other not in LEVEL:
            continue
        assert LEVEL[other] <= LEVEL[part], f"{name} imports {module}"
        if part == "probe":
            assert other in PROBE_MAY_IMPORT, f"{name} imports {module}"


def flow_layer_of(name: str) -> int:
    """The layer of a module of `flow`, by its dotted name."""
    folder = name.split(".")[2] if name.count(".") > 1 else ""
    return FLOW_LAYERS.index(folder if folder in FLOW_LAYERS else "")


@pytest.mark.parametrize("name", sorted(name for name in CHAINRULE if part_of(name) == "flow"))
def test_what_follows_values_knows_nothing_of_what_judges_them(name: str) -> None:
    for module in imported(CHAINRULE[name], package_of(name, CHAINRULE[name])):
        if module in CHAINRULE and part_of(module) == "flow":
            assert flow_layer_of(module) <= flow_layer_of(name), f"{name} imports {module}"


def test_there_are_no_import_cycles() -> None:
    graph = {
        name: {
            module
            for module in imported(path, package_of(name, path), at_import=True)
            if module in CHAINRULE and module != name and not name.startswith(module + ".")
        }
        for name, path in CHAINRULE.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for module in sorted(graph[name]):
                visit(module, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_the_server_holds_no_analysis() -> None:
    for name, path in modules(SERVER, "chainrule_server").items():
        found = set(imported(path, package_of(name, path)))
        assert not {
            module for module in found if module.split(".")[0] in ("ast", "libcst", "tokenize", "torch")
        }
        inner = {part_of(module) for module in found if module.startswith("chainrule.")}
        assert not inner & {"syntax", "names", "flow", "rules", "cli"}, name


def test_the_agent_needs_only_the_standard_library_and_torch() -> None:
    for path in AGENT.rglob("*.py"):
        name = module_name(path, AGENT)
        roots = {module.split(".")[0] for module in imported(path, package_of(name, path))}
        outside = roots - sys.stdlib_module_names - {"torch", "chainrule_agent", ""}
        assert outside <= OPTIONAL_IN_AGENT, f"{name} imports {outside}"


# Used where the user's environment has them, never required.
OPTIONAL_IN_AGENT = {"numpy", "sandlock"}

IMPORT_EVERYTHING = """
import sys
import chainrule, chainrule.cli
early = set(sys.modules)
for name in sys.argv[1:]:
    __import__(name)
foreign = {"torch", "pygls", "lsprotocol", "numpy"}
print(sorted(foreign & early), sorted(foreign & set(sys.modules)))
"""


def test_no_import_of_chainrule_loads_torch_or_a_language_server() -> None:
    names = [name for name in CHAINRULE if not name.endswith("__main__")]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING, *names],
        env={"PYTHONPATH": f"{ANALYZERS}:{SERVER}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[] []\n"


STARTED_BY_VERSION = """
import contextlib, io, sys
import chainrule.cli
with contextlib.redirect_stdout(io.StringIO()):
    assert chainrule.cli.main(["--version"]) == 0
heavy = {"chainrule.analysis", "asyncio", "multiprocessing", "pathspec", "tomllib", "difflib", "json"}
print(sorted(heavy & set(sys.modules)))
"""


def test_starting_loads_only_what_the_command_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED_BY_VERSION],
        env={"PYTHONPATH": str(ANALYZERS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
