"""The part of the probe that runs in the user's interpreter.

Standard library and torch only, Python 3.9 or newer, torch 2.0 or newer. Nothing here may import the rest of
chainrule: the user's environment does not have it.
"""
