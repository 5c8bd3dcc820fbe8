"""The command line: `chainrule check`, `probe`, `explain`, `rules`, `server`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from chainrule.cli.parser import build_parser
from chainrule.cli.terminal import EXIT_TROUBLE, UsageError, complain

__all__ = ["command", "main"]


def command() -> NoReturn:
    """`main` as a process of its own.

    A check ends without freeing its trees one by one, which would take a tenth of its time.
    """
    status = main()
    if sys.argv[1:2] == ["check"]:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:
            raise SystemExit(status) from None
        os._exit(status)
    raise SystemExit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 clean, 1 something was found, 2 it could not be done."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = build_parser()
    try:
        arguments = parser.parse_args(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else EXIT_TROUBLE
    except UsageError as error:
        complain(str(error))
        return EXIT_TROUBLE
    except BrokenPipeError:
        # The reader has gone (`| head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_TROUBLE
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("CHAINRULE_TRACEBACK"):
            raise
        complain(f"internal error: {type(error).__name__}: {error}")
        complain("this is a fault of chainrule; CHAINRULE_TRACEBACK=1 shows where it happened")
        return EXIT_TROUBLE
    return status
