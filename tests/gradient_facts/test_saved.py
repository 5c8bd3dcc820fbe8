"""What the table calls saved, backward needs: changing it in place makes backward raise, and nothing else does."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")
CHANGED = "modified by an inplace operation"
