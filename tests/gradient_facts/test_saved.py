"""What the table calls saved, backward needs: changing that in place makes backward raise, and only that."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")
CHANGED = "modified by an inplace operation"
