"""Losses that are computed in place, in a training loop or step, made into functions that can be tested."""

from chainrule.extraction.extract import Extraction, extraction_at

__all__ = ["Extraction", "extraction_at"]
