"""The language server's speed and size, as a client on the other end of the pipe finds them.

    python tests/benchmarks/bench_server.py start [--rounds N]       to first diagnostics, against bare pygls
    python tests/benchmarks/bench_server.py keystroke [--edits N]    change and pull in a 2,000-line file
    python tests/benchmarks/bench_server.py memory [--files N]       resident memory with N open files

Times are seconds of CPU that the server process used, by Linux's scheduler: other load counts little.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests", "tests/benchmarks", "server", "analyzers"):
    sys.path.insert(0, str(ROOT / folder))

# Users' Pythons keep compiled modules; a measurement without them would measure the compiler.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from bench_static import long_file  # noqa: E402
from server.harness import SERVER, RawClient  # noqa: E402

PROGRAMS = sorted((ROOT / "tests" / "programs" / "cases").glob("*.py"))
PULLS = {"textDocument": {"diagnostic": {}}, "general": {"positionEncodings": ["utf-16"]}}
BARE = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "0")
@server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC)
def pull(params: types.DocumentDiagnosticParams):
    return types.RelatedFullDocumentDiagnosticReport(items=[])
server.start_io()
"""


def cpu_seconds(client: RawClient) -> float:
    """What all threads of the server have used so far."""
    tasks = Path(f"/proc/{client.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def memory(client: RawClient) -> float:
    """Resident memory, in MB."""
    status = Path(f"/proc/{client.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def pull(client: RawClient, identifier: int, uri: str, known: str | None = None) -> str:
    """Ask for diagnostics as editors do, with the result id of the last answer; returns the new one."""
    params = {"textDocument": {"uri": uri}, "previousResultId": known}
    answer = client.request(identifier, "textDocument/diagnostic", params)
    if "error" in answer:
        sys.exit(f"the server failed: {answer['error']}")
    return str(answer["result"].get("resultId"))


def first_diagnostics(command: list[str], text: str) -> tuple[float, float]:
    """Seconds of CPU, and of the clock, from the start of the process to the first answered pull."""
    started = time.perf_counter()
    client = RawClient(command)
    client.initialize(**PULLS)
    client.open("file:///tmp/first.py", text)
    pull(client, 1, "file:///tmp/first.py")
    used, passed = cpu_seconds(client), time.perf_counter() - started
    client.end()
    return used, passed


def start(rounds: int) -> dict[str, Any]:
    """Both servers in turn, so that both meet the same load; the best round of each counts."""
    text = PROGRAMS[0].read_text(encoding="utf-8")
    bare, ours = [], []
    for _ in range(rounds):
        bare.append(first_diagnostics([sys.executable, "-c", BARE], text))
        ours.append(first_diagnostics(SERVER, text))
    (bare_cpu, bare_clock), (cpu, clock) = (map(min, zip(*each, strict=True)) for each in (bare, ours))
    return {
        "bare_cpu_ms": round(1e3 * bare_cpu),
        "cpu_ms": round(1e3 * cpu),
        "bare_clock_ms": round(1e3 * bare_clock),
        "clock_ms": round(1e3 * clock),
        "cpu_to_bare": round(cpu / bare_cpu, 2),
        "clock_to_bare": round(clock / bare_clock, 2),
    }


def keystroke(count: int) -> dict[str, Any]:
    """One character typed and taken back, somewhere: incremental change, pull, answer."""
    text = long_file()
    lines = text.split("\n")
    uri = "file:///tmp/long.py"
    client = RawClient(patience=3600.0)
    client.initialize(**PULLS, workspace={"diagnostics": {"refreshSupport": True}})
    client.open(uri, text)
    known = pull(client, 0, uri)
    chance = random.Random(0)
    used, passed = [], []
    for version in range(2, 2 * count + 2, 2):
        line = chance.randrange(len(lines))
        place = {"line": line, "character": chance.randint(0, len(lines[line]))}
        after = {"line": line, "character": place["character"] + 1}
        typed = {"range": {"start": place, "end": place}, "text": chance.choice("abcx_.()=1 ,")}
        removed = {"range": {"start": place, "end": after}, "text": ""}
        for step, edit in enumerate((typed, removed)):
            before, began = cpu_seconds(client), time.perf_counter()
            document = {"uri": uri, "version": version + step}
            params = {"textDocument": document, "contentChanges": [edit]}
            client.send(method="textDocument/didChange", params=params)
            known = pull(client, version + step, uri, known)
            used.append(cpu_seconds(client) - before)
            passed.append(time.perf_counter() - began)
    client.end()
    parse = min(timed(lambda: ast.parse(text)) for _ in range(20))
    cpu, clock = (statistics.quantiles(each, n=100) for each in (used, passed))
    return {
        "lines": len(lines),
        "edits": len(used),
        "ast_parse_ms": round(1e3 * parse, 2),
        "p50_ms": round(1e3 * cpu[49], 2),
        "p95_ms": round(1e3 * cpu[94], 2),
        "p95_clock_ms": round(1e3 * clock[94], 2),
        "p95_to_ast_parse": round(cpu[94] / parse, 2),
    }


def timed(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def open_files(count: int) -> dict[str, Any]:
    """Programs of the corpus, opened and pulled one after the other."""
    client = RawClient()
    client.initialize(**PULLS)
    empty = memory(client)
    lines = 0
    for number in range(count):
        # Several programs in one file: about what a module of a project holds.
        text = "\n\n".join(path.read_text(encoding="utf-8") for path in PROGRAMS[number * 5 % 250 :][:5])
        lines += text.count("\n")
        client.open(f"file:///tmp/{number}.py", text)
        pull(client, number, f"file:///tmp/{number}.py")
    full = memory(client)
    client.end()
    return {"files": count, "lines": lines, "started_mb": round(empty), "open_mb": round(full)}


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("what", choices=("start", "keystroke", "memory"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--files", type=int, default=50)
    options = parser.parse_args()
    match options.what:
        case "start":
            result = start(options.rounds)
        case "keystroke":
            result = keystroke(options.edits)
        case _:
            result = open_files(options.files)
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
