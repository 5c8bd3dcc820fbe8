"""Probe a snippet in this process: `probe("def loss(pred): …", "loss", inputs=…)` gives its evidence."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import chainrule.probe
from chainrule.probe.evidence import Evidence, read_evidence
from chainrule.probe.request import ProbeRequest, build_request

AGENT = Path(chainrule.probe.__file__).with_name("agent")
if str(AGENT) not in sys.path:
    sys.path.append(str(AGENT))

HEADER = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
"""Prepended to every snippet: its first line is line 4."""


def probe(code: str, qualname: str, tmp_path: Path, **options: Any) -> Evidence:
    """The evidence on one function of `code`, as it comes back through JSON."""
    return probe_file(write(tmp_path, code), qualname, **options)


def write(tmp_path: Path, code: str, name: str = "snippet.py") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + textwrap.dedent(code).lstrip("\n"), encoding="utf-8")
    return path


def probe_file(path: Path, qualname: str, **options: Any) -> Evidence:
    from chainrule_agent.measure import measure
    from chainrule_agent.threads import use_one_thread

    use_one_thread()
    options.setdefault("device", "cpu")
    options.setdefault("root", str(path.parent))
    options.setdefault("edges", False)
    text = options.pop("text", None) or path.read_text(encoding="utf-8")
    request = build_request(ProbeRequest(str(path), text, qualname, **options))
    result = measure(json.loads(json.dumps(request)))
    return read_evidence(json.loads(json.dumps(result, allow_nan=False)))


def verdicts(evidence: Evidence) -> dict[str, str]:
    return {s.name: s.verdict.value for s in evidence.sources}


def cut_lines(evidence: Evidence) -> set[int]:
    return {c.line for c in evidence.cuts}
