"""Which way to call the loss: the user's word, an example, else what a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .inputs.failures import is_of_autograd
from .inputs.search import Search
from .program import BuildError, Plan, Program
from .runs import run
from .sources import prepare


@dataclass
class Choice:
    """A plan; or none, and then why, what was tried, and a comment for the user to fill in."""

    plan: Plan | None = None
    error: str = ""
    tried: list[str] = field(default_factory=list)
    suggestion: str = ""


def choose_plan(program: Program, request: Mapping[str, Any]) -> Choice:
    """The first plan of the request that works; without one, what the search finds."""
    wanted = request.get("sources")
    choice = Choice()

    def search() -> Search:
        return Search(program, request.get("instance"), lambda call: prepare(call, program, wanted))

    for data in request.get("plans", []):
        plan = Plan.of(data)
        given = plan.origin in ("argument", "comment")
        if given and not plan.instance and program.needs_instance():
            instance = search().find_instance(plan)
            plan = Plan(plan.origin, plan.arguments, plan.setup, instance)
        try:
            if given:
                program.build(plan, 0)
            if given or _runs(program, plan, wanted):
                choice.plan = plan
                return choice
            choice.tried.append(f"{plan.origin}: {plan.arguments}: it raises")
        except BuildError as problem:
            choice.tried.append(f"{plan.origin}: {plan.arguments}: {problem}")
            if given:
                choice.error = str(problem)
                return choice
    found = search().find()
    choice.plan = found.plan
    if found.plan is None:
        choice.error = found.last or "No inputs were found."
        choice.tried += found.tried
        choice.suggestion = f"# chainrule: inputs {found.guess}"
    return choice


def _runs(program: Program, plan: Plan, wanted: list[str] | None) -> bool:
    """Whether forward gets through; what backward says is for the verdict."""
    call = program.build(plan, 0)
    outcome = run(call, prepare(call, program, wanted), program)
    return outcome.error is None or outcome.stage == "backward" or is_of_autograd(str(outcome.message))
