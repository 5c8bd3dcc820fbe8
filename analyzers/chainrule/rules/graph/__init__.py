"""CR5xx: in-place edits, and graphs that are used after they were freed."""
