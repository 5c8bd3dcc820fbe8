"""Facts above ATen, written by hand and proved by the tests."""

from chainrule.gradient_facts._overlay import border, conditions, distributions, domains, python, tensors
from chainrule.gradient_facts._overlay.fact import Fact

__all__ = ["CONDITIONS", "FACTS", "MODULES", "Fact"]

FACTS: dict[str, Fact] = {
    **tensors.FACTS,
    **python.FACTS,
    **border.FACTS,
    **distributions.FACTS,
    **domains.FACTS,
}
MODULES: dict[str, Fact] = border.MODULES
CONDITIONS = conditions.CONDITIONS
