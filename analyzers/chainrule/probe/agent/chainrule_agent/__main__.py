"""Entry of the user's interpreter: `python -m chainrule_agent zygote|worker`.

This file must compile on interpreters that are too old to run the agent, because it is what tells them so:
the version is checked before anything newer is imported.
"""

import sys

OLDEST_PYTHON = (3, 9)
TOO_OLD_STATUS = 79
"""Exit status of an interpreter that is too old; its version is on standard error."""

if sys.version_info < OLDEST_PYTHON:
    sys.stderr.write("%d.%d\n" % sys.version_info[:2])  # noqa: UP031
    sys.exit(TOO_OLD_STATUS)

if sys.argv[1:] == ["zygote"]:
    from .zygote import serve
else:
    from .alone import serve

serve()
