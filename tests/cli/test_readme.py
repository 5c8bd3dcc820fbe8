"""README shows what the commands print. `make readme` puts fresh output in."""

from __future__ import annotations

import re

from readme import README, ROOT, comparable, refreshed


def test_the_output_in_the_readme_is_real() -> None:
    text = README.read_text(encoding="utf-8")
    assert comparable(refreshed(text)) == comparable(text), "run `make readme`"


def test_the_links_in_the_documents_lead_somewhere() -> None:
    for document in (README, ROOT / "CONTRIBUTING.md", ROOT / "analyzers" / "ARCHITECTURE.md"):
        for link in re.findall(r"\]\(([^):#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
