"""CR4xx: the error message is silenced, and nothing is trained."""
