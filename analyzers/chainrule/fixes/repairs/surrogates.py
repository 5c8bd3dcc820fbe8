"""Repairs that put something with a useful derivative in place of a step or an index."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, integer, op_of
from chainrule.fixes.repairs.common import hoist, near, op_near, text_of, wrapped
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.usage import same

_STEPS = frozenset(["round", "floor", "ceil", "trunc", "fix", "sign", "sgn", "rint"])
_INTEGER_CASTS = frozenset(["long", "int", "short", "byte", "bool", "char"])
_FLOAT_CASTS = frozenset(["float", "double", "half", "type", "type_as", "to"])
_GREATER = frozenset(["gt", "ge", "greater", "greater_equal"])
_LESS = frozenset(["lt", "le", "less", "less_equal"])
_SHARPNESS = 10


def straight_through(site: FixSite) -> Iterator[Repair]:
    """`x.round()` → `x + (x.round() - x).detach()`"""
    op = op_near(site, _STEPS)
    if op is None or op.tensor is None:
        return
    plan = site.plan()
    x = hoist(site, plan, op.tensor, "smooth")
    step = site.source.substitute(op.node, {op.tensor: x})
    plan.replace(op.node, wrapped(site, op.node, f"{x} + ({step} - {x}).detach()"))
    yield plan.repair(
        "Pass the gradient straight through (same value, chosen gradient)", Applicability.UNSAFE
    )
    if op.name in ("sign", "sgn"):
        smooth = site.plan()
        smooth.replace(op.node, f"{smooth.spell('torch.tanh')}({site.segment(op.tensor)})")
        yield smooth.repair("Use `tanh`, a smooth sign", Applicability.UNSAFE)


def soft_comparison(site: FixSite) -> Iterator[Repair]:
    """`(x > t).float()` → `torch.sigmoid((x - t) * 10)`"""
    for node in near(site):
        found = _comparison(site, node)
        if found is None or not isinstance(node, ast.expr):
            continue
        bigger, smaller = found
        outer = casts_around(site, node)
        if _is_index(site, outer):
            return
        plan = site.plan()
        difference = f"{text_of(site, bigger)} - {text_of(site, smaller)}"
        if isinstance(smaller, ast.Constant) and smaller.value == 0:
            difference = text_of(site, bigger)
        elif isinstance(bigger, ast.Constant) and bigger.value == 0:
            difference = f"-{text_of(site, smaller)}"
        inner = difference if " - " not in difference else f"({difference})"
        plan.replace(outer, f"{plan.spell('torch.sigmoid')}({inner} * {_SHARPNESS})")
        yield plan.repair("Use a sigmoid in place of the step", Applicability.UNSAFE)
        return


def soft_equality(site: FixSite) -> Iterator[Repair]:
    """`(a == b).float()` → `torch.exp(-(a - b) ** 2)`"""
    for node in near(site):
        match node:
            case ast.Compare(left=one, ops=[ast.Eq()], comparators=[other]):
                pass
            case _:
                op = op_of(node, site.names)
                second = op.get(1, "other") if op is not None and op.name == "eq" else None
                if op is None or op.tensor is None or second is None:
                    continue
                one, other = op.tensor, second
        outer = casts_around(site, node)
        if isinstance(node, ast.expr) and not _is_index(site, outer):
            plan = site.plan()
            gap = f"{text_of(site, one)} - {text_of(site, other)}"
            plan.replace(outer, f"{plan.spell('torch.exp')}(-(({gap}) ** 2))")
            yield plan.repair("Use a smooth measure of equality", Applicability.UNSAFE)
        return


def _comparison(site: FixSite, node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """The side that makes it true when it grows, and the other side."""
    match node:
        case ast.Compare(left=left, ops=[ast.Gt() | ast.GtE()], comparators=[right]):
            return left, right
        case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE()], comparators=[right]):
            return right, left
        case _:
            op = op_of(node, site.names)
            other = op.get(1, "other") if op is not None else None
            if op is None or op.tensor is None or other is None:
                return None
            if op.name in _GREATER:
                return op.tensor, other
            return (other, op.tensor) if op.name in _LESS else None


def casts_around(site: FixSite, node: ast.AST) -> ast.AST:
    """The expression with the dtype conversions that directly follow it."""
    while True:
        attribute = site.parent(node)
        call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(call, ast.Call) or not isinstance(attribute, ast.Attribute):
            return node
        if attribute.attr not in _INTEGER_CASTS | _FLOAT_CASTS:
            return node
        node = call


def _is_index(site: FixSite, node: ast.AST) -> bool:
    """Whether a value selects elements, so that only a boolean will do."""
    parent = site.parent(node)
    match parent:
        case ast.Subscript(slice=index) if index is node:
            return True
        case ast.UnaryOp(op=ast.Invert()) | ast.If() | ast.While() | ast.Assert():
            return True
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return True
        case ast.Call():
            op = op_of(parent, site.names)
            return op is not None and op.name in ("where", "masked_fill", "masked_select", "masked_fill_")
        case ast.Assign(targets=[ast.Name(id=name)]):
            return any(_is_index(site, read) for read in site.scope.reads.get(name, ()))
        case _:
            return False


def drop_integer_cast(site: FixSite) -> Iterator[Repair]:
    """`x.long()` → `x`, or straight through"""
    for node in near(site):
        op = op_of(node, site.names)
        if op is None or op.tensor is None or op.dotted is not None:
            continue
        integer_to = op.name in ("to", "type", "type_as") and _is_integer_type(site, op)
        if op.name not in _INTEGER_CASTS and not integer_to:
            continue
        outer = casts_around(site, op.node) if op.name in _INTEGER_CASTS else op.node
        plan = site.plan()
        plan.replace(outer, site.segment(op.tensor) if outer is op.node else text_of(site, op.tensor))
        yield plan.repair("Stay with floating point", Applicability.UNSAFE)
        if op.name in ("long", "int", "short"):
            through = site.plan()
            x = hoist(site, through, op.tensor, "smooth")
            through.replace(outer, wrapped(site, outer, f"{x} + ({x}.{op.name}() - {x}).detach()"))
            title = "Pass the gradient straight through (same value, chosen gradient)"
            yield through.repair(title, Applicability.UNSAFE)
        return


def _is_integer_type(site: FixSite, op: Op) -> bool:
    if op.name == "type_as":
        return True
    wanted = op.get(1, "dtype")
    dotted = site.names.resolve(wanted) if wanted is not None else None
    return dotted is not None and any(
        word in dotted for word in ("int", "long", "Long", "Int", "bool", "short")
    )


def cast_other(site: FixSite) -> Iterator[Repair]:
    """`a = a.type_as(b)` with integers in `b` → `b = b.type_as(a)`"""
    statement = site.statement()
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=a), attr="type_as"), args=[ast.Name(id=b)]),
        ) if name == a:
            plan = site.plan()
            plan.replace(statement, f"{b} = {b}.type_as({a})")
            yield plan.repair(f"Convert `{b}` instead", Applicability.UNSAFE)


def soft_argmax(site: FixSite) -> Iterator[Repair]:
    """`x.argmax(dim)` as a value → the expected index under softmax"""
    op = op_near(site, {"argmax", "argmin"})
    if op is None or op.tensor is None or "keepdim" in op.keywords:
        return
    dim_node = op.get(1, "dim", "axis")
    dim = integer(dim_node)
    if dim_node is not None and dim is None:
        return
    plan = site.plan()
    outer = casts_around(site, op.node)
    encoded = op_of(site.parent(op.node), site.names) if site.parent(op.node) is not None else None
    if encoded is not None and encoded.name == "one_hot" and encoded.tensor is op.node:
        plan.replace(
            casts_around(site, encoded.node), _probabilities(site, plan, op, -1 if dim is None else dim)
        )
        yield plan.repair("Use the softmax in place of the one-hot of the argmax", Applicability.UNSAFE)
        return
    x = hoist(site, plan, op.tensor, "scores")
    if not x.isidentifier():
        x = atom(op.tensor, x)
    sign = "-" if op.name == "argmin" else ""
    if dim is None:
        x, dim = f"{x}.flatten()", 0
    probabilities = f"{plan.spell('torch.softmax')}({sign}{x}, dim={dim})"
    moved = probabilities if dim == -1 else f"{probabilities}.movedim({dim}, -1)"
    positions = f"{plan.spell('torch.arange')}({x}.size({dim}), dtype={x}.dtype, device={x}.device)"
    plan.replace(outer, wrapped(site, outer, f"{moved} @ {positions}"))
    yield plan.repair("Use the expected index under softmax (soft-argmax)", Applicability.UNSAFE)


def _probabilities(site: FixSite, plan: Plan, op: Op, dim: int) -> str:
    assert op.tensor is not None
    return f"{plan.spell('torch.softmax')}({site.segment(op.tensor)}, dim={dim})"


def soft_counts(site: FixSite) -> Iterator[Repair]:
    """`torch.bincount(x.argmax(-1))` → `x.softmax(-1).sum(0)`; `torch.histc` → a kernel histogram"""
    counted = op_near(site, {"bincount"})
    if counted is not None and counted.tensor is not None:
        ranked = op_of(site.scope.value_of(counted.tensor), site.names)
        if ranked is not None and ranked.name == "argmax" and ranked.tensor is not None:
            dim = integer(ranked.get(1, "dim")) or -1
            plan = site.plan()
            outer = casts_around(site, counted.node)
            plan.replace(outer, f"{_probabilities(site, plan, ranked, dim)}.flatten(0, -2).sum(0)")
            yield plan.repair("Count with the softmax (expected counts)", Applicability.UNSAFE)
    histogram = op_near(site, {"histc"})
    if histogram is not None and histogram.tensor is not None:
        bins, low, high = histogram.get(1, "bins"), histogram.get(2, "min"), histogram.get(3, "max")
        if bins is None or low is None or high is None:
            return
        plan = site.plan()
        count, lowest, highest = (text_of(site, node) for node in (bins, low, high))
        x = f"{text_of(site, histogram.tensor)}.reshape(-1, 1)"
        width = f"(({highest} - {lowest}) / {count})"
        lowest, highest = site.segment(low), site.segment(high)
        centres = f"{plan.spell('torch.linspace')}({lowest}, {highest}, {site.segment(bins)})"
        plan.replace(
            histogram.node, f"{plan.spell('torch.exp')}(-((({x} - {centres}) / {width}) ** 2)).sum(0)"
        )
        yield plan.repair("Count with a smooth kernel", Applicability.UNSAFE)


def soft_step(site: FixSite) -> Iterator[Repair]:
    """`torch.heaviside(x, v)` → `torch.sigmoid(x * 10)`"""
    op = op_near(site, {"heaviside"})
    if op is not None and op.tensor is not None:
        plan = site.plan()
        x = text_of(site, op.tensor)
        plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({x} * {_SHARPNESS})")
        yield plan.repair("Use a sigmoid in place of the step", Applicability.UNSAFE)


def true_division(site: FixSite) -> Iterator[Repair]:
    """`a // b` → `a / b`, or straight through"""
    for node in near(site):
        match node:
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
                pass
            case _:
                op = op_of(node, site.names)
                second = op.get(1, "other") if op is not None and op.name == "floor_divide" else None
                if op is None or op.tensor is None or second is None:
                    continue
                left, right = op.tensor, second
        through, plain = site.plan(), site.plan()
        quotient = f"{text_of(site, left)} / {text_of(site, right)}"
        floored = f'{through.spell("torch.div")}({site.segment(left)}, {site.segment(right)}, rounding_mode="floor")'
        through.replace(node, wrapped(site, node, f"{quotient} + ({floored} - {quotient}).detach()"))
        title = "Pass the gradient straight through (same value, chosen gradient)"
        yield through.repair(title, Applicability.UNSAFE)
        plain.replace(node, wrapped(site, node, quotient))
        yield plain.repair("Divide without rounding down", Applicability.UNSAFE)
        return


def reparametrize(site: FixSite) -> Iterator[Repair]:
    """`dist.sample()` → `dist.rsample()`"""
    op = op_near(site, {"sample", "sample_n"})
    if op is not None and op.dotted is None and isinstance(op.node.func, ast.Attribute):
        plan = site.plan()
        end = site.source.span(op.node.func)[1]
        plan.replace_span(end - len(op.name), end, "rsample")
        title = "Sample with `rsample()`, through the distribution's parameters"
        yield plan.repair(title, Applicability.UNSAFE)
        return
    drawn = op_near(site, {"bernoulli", "normal"})
    if drawn is None or drawn.tensor is None or drawn.dotted is None:
        return
    plan = site.plan()
    if drawn.name == "bernoulli":
        p = hoist(site, plan, drawn.tensor, "probability")
        sample = site.source.substitute(drawn.node, {drawn.tensor: p})
        plan.replace(drawn.node, wrapped(site, drawn.node, f"{p} + ({sample} - {p}).detach()"))
        title = "Pass the gradient straight through (same value, chosen gradient)"
        yield plan.repair(title, Applicability.UNSAFE)
    elif (deviation := drawn.get(1, "std")) is not None:
        mean, std = text_of(site, drawn.tensor), text_of(site, deviation)
        noise = f"{plan.spell('torch.randn_like')}({site.segment(drawn.tensor)})"
        plan.replace(drawn.node, wrapped(site, drawn.node, f"{mean} + {std} * {noise}"))
        yield plan.repair("Draw noise and scale it", Applicability.UNSAFE)


def interpolate(site: FixSite) -> Iterator[Repair]:
    """`grid_sample(x, grid, mode="nearest")` → `mode="bilinear"`"""
    for node in near(site):
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if (
                    word.arg == "mode"
                    and isinstance(word.value, ast.Constant)
                    and word.value.value == "nearest"
                ):
                    plan = site.plan()
                    plan.replace(word.value, '"bilinear"')
                    yield plan.repair("Interpolate between the samples", Applicability.UNSAFE)
                    return


def smooth_clamp(site: FixSite) -> Iterator[Repair]:
    """`F.relu(x)` → `F.softplus(x)`; `x.clamp(0, 1)` → `torch.sigmoid(x)`"""
    op = op_near(site, {"relu", "clamp", "clamp_min", "hardtanh", "relu_"})
    if op is None or op.tensor is None:
        return
    low, high = op.get(1, "min", "min_val"), op.get(2, "max", "max_val")
    plan = site.plan()
    x = site.segment(op.tensor)
    zero = isinstance(low, ast.Constant) and low.value == 0
    if op.name in ("relu", "relu_") or (high is None and zero):
        plan.replace(op.node, f"{plan.spell('torch.nn.functional.softplus')}({x})")
        yield plan.repair("Use softplus, whose gradient never vanishes", Applicability.UNSAFE)
    elif zero and isinstance(high, ast.Constant) and high.value == 1:
        plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({x})")
        yield plan.repair("Use a sigmoid, whose gradient never is exactly zero", Applicability.UNSAFE)
    elif op.name == "hardtanh" and low is None:
        plan.replace(op.node, f"{plan.spell('torch.tanh')}({x})")
        yield plan.repair("Use tanh", Applicability.UNSAFE)


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


def sigmoid_of_one(site: FixSite) -> Iterator[Repair]:
    """A softmax over one class → a sigmoid"""
    op = op_near(site, {"softmax"})
    if op is not None and op.tensor is not None:
        plan = site.plan()
        plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({site.segment(op.tensor)})")
        yield plan.repair("Use a sigmoid for a single class", Applicability.UNSAFE)
