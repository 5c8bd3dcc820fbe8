"""Repairs of draws from a distribution and of nearest-neighbour lookups."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import number, op_of
from chainrule.fixes.repairs.common import hoist, op_near, text_of, wrapped
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.statements import insert_after, stands_alone
from chainrule.fixes.usage import same
from chainrule.syntax import walk_tree

_RELAXED = {"OneHotCategorical": "OneHotCategoricalStraightThrough"}
_DISCRETE = frozenset({"Categorical", "Bernoulli", "Binomial", "Multinomial", "Poisson", "Geometric"})


def reparametrize(site: FixSite) -> Iterator[Repair]:
    """`dist.sample()` → `dist.rsample()`, of the distribution's form that has one"""
    op = op_near(site, {"sample", "sample_n"})
    if op is not None and op.dotted is None and isinstance(op.node.func, ast.Attribute):
        title = "Sample with `rsample()`, through the distribution's parameters"
        made = {(name or "").rpartition(".")[2] for name in _distributions(site).values()}
        if made == {"Bernoulli"}:
            yield _relaxed(site, op.node)
            return
        if made and made <= _DISCRETE:
            names = " and ".join(f"`{name}`" for name in sorted(made))
            yield disabled(
                title, f"{names} has none: use gumbel_softmax, or the log-probability of the sample"
            )
            return
        plan = site.plan()
        end = site.source.span(op.node.func)[1]
        plan.replace_span(end - len(op.name), end, "rsample")
        for call, dotted in _distributions(site).items():
            relaxed = _RELAXED.get(dotted.rpartition(".")[2])
            if relaxed is not None:
                plan.replace(call.func, plan.spell(f"{dotted.rpartition('.')[0]}.{relaxed}"))
        yield plan.repair(title, Applicability.UNSAFE)


def _relaxed(site: FixSite, sample: ast.Call) -> Repair:
    """`Bernoulli(p).sample()` → `RelaxedBernoulli(torch.tensor(0.5), p).rsample()`"""
    plan = site.plan()
    assert isinstance(sample.func, ast.Attribute)
    end = site.source.span(sample.func)[1]
    plan.replace_span(end - len(sample.func.attr), end, "rsample")
    for call, dotted in _distributions(site).items():
        temperature = f"{plan.spell('torch.tensor')}(0.5), "
        plan.replace(call.func, plan.spell(f"{dotted.rpartition('.')[0]}.RelaxedBernoulli"))
        first = min(site.source.span(part)[0] for part in [*call.args, *call.keywords])
        plan.insert(first, temperature)
    return plan.repair("Sample a relaxed distribution, which has `rsample()`", Applicability.UNSAFE)


def _distributions(site: FixSite) -> dict[ast.Call, str]:
    """The distributions of torch that the block makes, with their names."""
    calls = [node for node in walk_tree(site.tree) if isinstance(node, ast.Call)]
    named = {call: site.names.resolve(call.func) or "" for call in calls}
    return {
        call: dotted
        for call, dotted in named.items()
        if dotted.startswith("torch.distributions.")
        and not dotted.endswith((".Independent", ".kl_divergence"))
    }


def draw(site: FixSite) -> Iterator[Repair]:
    """`torch.bernoulli(p)` → straight through; `torch.normal(m, s)` → `m + s * noise`"""
    drawn = op_near(site, {"bernoulli", "poisson", "normal"})
    if drawn is None or drawn.tensor is None:
        return
    plan = site.plan()
    if drawn.name in ("bernoulli", "poisson"):
        p = hoist(site, plan, drawn.tensor, "probability" if drawn.name == "bernoulli" else "rate")
        sample = site.source.substitute(drawn.node, {drawn.tensor: p})
        plan.replace(drawn.node, wrapped(site, drawn.node, f"{p} + ({sample} - {p}).detach()"))
        title = "Pass the gradient straight through (same value, chosen gradient)"
        yield plan.repair(title, Applicability.UNSAFE)
    elif (deviation := drawn.get(1, "std")) is not None:
        mean, std = text_of(site, drawn.tensor), text_of(site, deviation)
        noise = f"{plan.spell('torch.randn_like')}({site.segment(drawn.tensor)})"
        plan.replace(drawn.node, wrapped(site, drawn.node, f"{mean} + {std} * {noise}"))
        yield plan.repair("Draw noise and scale it", Applicability.UNSAFE)


def through_mask(site: FixSite) -> Iterator[Repair]:
    """`i = torch.multinomial(p, k)`, `keep[i] = 1` → the mask with the gradient of `p`, straight through"""
    op = op_near(site, {"multinomial"})
    statement = site.statement()
    if op is None or op.tensor is None or not isinstance(statement, ast.Assign):
        return
    match statement.targets:
        case [ast.Name(id=index)]:
            pass
        case _:
            return
    for read in site.scope.reads.get(index, ()):
        filled = site.statement(read)
        if filled is None or not stands_alone(site.source, filled):
            continue
        match filled:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=mask))], value=one) if number(one) == 1:
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=mask), attr="scatter_"))):
                pass
            case _:
                continue
        plan = site.plan()
        p = text_of(site, op.tensor)
        insert_after(plan, filled, f"{mask} = {mask} + {p} - {p}.detach()")
        title = "Pass the gradient straight through the mask (same value, chosen gradient)"
        yield plan.repair(title, Applicability.UNSAFE)
        return


def interpolate(site: FixSite) -> Iterator[Repair]:
    """`grid_sample(x, grid, mode="nearest")` → `mode="bilinear"`, also where an attribute holds the mode"""
    op = op_near(site, {"grid_sample"})
    mode = op.get(2, "mode") if op is not None else None
    if isinstance(mode, ast.Attribute):
        stores = [
            node
            for node in walk_tree(site.tree)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(mode)
        ]
        mode = stores[0].value if len(stores) == 1 else None
        if isinstance(mode, ast.Name):
            mode = _default(site, stores[0], mode.id) or mode
    elif isinstance(mode, ast.Name):
        mode = site.scope.value_of(mode)
    if isinstance(mode, ast.Constant) and mode.value == "nearest":
        plan = site.plan()
        plan.replace(mode, '"bilinear"')
        yield plan.repair("Interpolate between the samples", Applicability.UNSAFE)


def _default(site: FixSite, place: ast.AST, name: str) -> ast.expr | None:
    """The default of a parameter of the function around a place."""
    function = site.parent(place)
    while function is not None and not isinstance(function, ast.FunctionDef):
        function = site.parent(function)
    if function is None:
        return None
    given = function.args
    positional = [*given.posonlyargs, *given.args][::-1]
    pairs = [
        *zip(positional, given.defaults[::-1], strict=False),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return next((value for argument, value in pairs if argument.arg == name), None)


def fixed_sample(site: FixSite) -> Iterator[Repair]:
    """`d.log_prob(d.rsample())` → `d.log_prob(d.rsample().detach())`"""
    op = op_near(site, {"log_prob"})
    if op is None or len(op.operands) != 2:
        return
    drawn = op_of(site.scope.value_of(op.operands[1]), site.names)
    if drawn is not None and drawn.name == "rsample" and same(drawn.operands[0], op.operands[0]):
        plan = site.plan()
        plan.replace(op.operands[1], f"{text_of(site, op.operands[1])}.detach()")
        yield plan.repair("Score the sample as a constant", Applicability.UNSAFE)
