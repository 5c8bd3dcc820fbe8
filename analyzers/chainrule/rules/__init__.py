"""The rules: what chainrule tells about each cause of a lost gradient."""

from chainrule.rules.catalogue import RULES, rule_for
from chainrule.rules.rule import Rule

__all__ = ["RULES", "Rule", "rule_for"]
