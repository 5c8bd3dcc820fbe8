"""Snippets that say what must be found in them.

A line that holds a break ends in `# want CR103 "regex"`: that code is reported on that line, and the message
matches. Everything that is wanted must be found, and nothing else; the rewrites (CR7xx) are not asked about.
"""

from __future__ import annotations

import re
from textwrap import dedent

from chainrule import analyze

HEADER = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n"
_WANT = re.compile(r"(CR\d{3})(?: \"([^\"]*)\")?")


def check(snippet: str) -> None:
    """Analyse a snippet and compare with its `# want` comments."""
    text = HEADER + dedent(snippet)
    wanted = {
        (number, code): pattern
        for number, line in enumerate(text.splitlines(), start=1)
        for code, pattern in _WANT.findall(line.partition("# want ")[2])
    }
    report = analyze(text)
    assert report.errors == ()
    found = {
        (finding.range.start.line, finding.code): finding.message
        for finding in report.findings
        if not finding.code.startswith("CR7")
    }
    assert found.keys() == wanted.keys(), found
    for place, pattern in wanted.items():
        assert re.search(pattern, found[place]), found[place]
