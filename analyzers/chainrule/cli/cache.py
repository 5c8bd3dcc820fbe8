"""What was analysed before: one JSON file per source file, valid for one content, version and set of options,
and for one state of the other files that were looked at.

JSON and not pickle: a cache that comes with a cloned repository must not run code.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path

import chainrule
from chainrule.analysis import Options
from chainrule.cli import wire
from chainrule.config import Config
from chainrule.findings import Report
from chainrule.flow.core.program import Lookup, Use
from chainrule.sources import write

FOLDER = ".chainrule_cache"


def cache_folder(config: Config) -> Path:
    """`.chainrule_cache` in the project; the user's own cache folder for files that belong to none."""
    if config.origin is not None or (config.root / ".git").exists():
        return config.root / FOLDER
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "chainrule"


class Cache:
    """Reports by path. A folder that cannot be written, or an entry that cannot be read, costs only time."""

    def __init__(self, folder: Path, options: Options) -> None:
        self.folder = folder
        self._salt = json.dumps([_fingerprint(), asdict(options)], sort_keys=True, default=sorted).encode()

    def load(self, path: str, text: str) -> tuple[Report, frozenset[Lookup | Use]] | None:
        """The report on `text`, the content of `path`, if it was analysed before, and what was asked about
        other files: it holds while the answers are the same."""
        try:
            entry = json.loads(self._file(path).read_bytes())
            if entry["key"] != self._key(path, text):
                return None
            lookups = (Lookup(*map(str, lookup)) for lookup in entry["lookups"])
            uses = (Use(*map(str, use)) for use in entry["uses"])
            return wire.decode_report(entry["report"]), frozenset((*lookups, *uses))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def store(self, path: str, text: str, report: Report, consulted: frozenset[Lookup | Use]) -> None:
        key = self._key(path, text)
        entry = {
            "key": key,
            "lookups": sorted(each for each in consulted if isinstance(each, Lookup)),
            "uses": sorted(each for each in consulted if isinstance(each, Use)),
            "report": wire.encode_report(report),
        }
        try:
            self._prepare()
            write(str(self._file(path)), json.dumps(entry).encode())
        except OSError:
            return

    def _prepare(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True)
            (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")

    def _file(self, path: str) -> Path:
        name = hashlib.sha256(os.path.abspath(path).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return self.folder / f"{name}.json"

    def _key(self, path: str, text: str) -> str:
        content = text.encode("utf-8", "surrogatepass")
        name = path.encode("utf-8", "surrogateescape")
        return hashlib.sha256(b"\0".join((self._salt, name, content))).hexdigest()


@cache
def _fingerprint() -> str:
    """chainrule's version and that of its files, so that a change of chainrule itself empties the cache."""
    digest = hashlib.sha256(f"{chainrule.__version__} {sys.version}".encode())
    package = Path(chainrule.__file__).parent
    for path in sorted(package.rglob("*.py")):
        status = path.stat()
        digest.update(f"{path.relative_to(package)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
