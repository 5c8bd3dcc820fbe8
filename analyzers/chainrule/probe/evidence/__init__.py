"""What one probe measured, typed. Made from what a worker sends, and back to the JSON of the command line."""

from chainrule.probe.evidence.kinds import (
    ArgumentEvidence,
    BatchEvidence,
    CallEvidence,
    CutEvidence,
    EdgeEvidence,
    Evidence,
    FiniteDifference,
    InputsEvidence,
    LineEvidence,
    LossEvidence,
    Outcome,
    SourceEvidence,
    ValueEvidence,
)
from chainrule.probe.evidence.reading import read_evidence, to_json

__all__ = [
    "ArgumentEvidence",
    "BatchEvidence",
    "CallEvidence",
    "CutEvidence",
    "EdgeEvidence",
    "Evidence",
    "FiniteDifference",
    "InputsEvidence",
    "LineEvidence",
    "LossEvidence",
    "Outcome",
    "SourceEvidence",
    "ValueEvidence",
    "read_evidence",
    "to_json",
]
