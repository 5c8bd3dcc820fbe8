"""What PyTorch does to a gradient, by operator: data taken from PyTorch itself.

`lookup` answers for any spelling that users write; `explain` says it to them. The table comes from
derivatives.yaml and from running PyTorch (see `analyzers/generate_gradient_facts`); `_overlay` adds what
lives above ATen. `tests/gradient_facts` compares every entry with torch.
"""

from chainrule.gradient_facts._explain import Explanation, explain, nearest
from chainrule.gradient_facts._lookup import dtype_kind, lookup
from chainrule.gradient_facts.operators import Condition, Gradient, Operator, Output, Reason

__all__ = [
    "Condition",
    "Explanation",
    "Gradient",
    "Operator",
    "Output",
    "Reason",
    "dtype_kind",
    "explain",
    "lookup",
    "nearest",
]
