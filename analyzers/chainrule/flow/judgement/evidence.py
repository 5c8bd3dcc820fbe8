"""What a run itself says about a root: is it a loss, and what does it mean to train?"""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, Source
from chainrule.flow.core.kinds import Kind, does_work, is_called_loss, measures, returns_loss
from chainrule.flow.core.roles import STRONG, are_alike, is_ambiguous, role_of
from chainrule.flow.core.scalars import SCORES, is_control, is_scalar, is_torch_loss
from chainrule.flow.core.titles import is_holder
from chainrule.flow.core.trace import Graph, Root, Trace
from chainrule.flow.core.words import words
from chainrule.flow.judgement.answers import settle_answers, settle_pairs
from chainrule.flow.judgement.fed import is_fed
from chainrule.flow.judgement.untrained import is_idle_step

# Applied to raw scores: who is normalised like this is a model's output.
_ACTIVATIONS = frozenset(("softmax", "log_softmax", "sigmoid", "logsigmoid", "tanh"))


# Operators that only tensors have, which a plain number is not put through.
_TENSOR_WORK = frozenset(
    """acos asin acosh asinh atanh tanh
    mean sum nanmean nansum softmax log_softmax sigmoid relu clamp norm cdist matmul einsum pow exp log
    sqrt abs square cross_entropy mse_loss l1_loss smooth_l1_loss binary_cross_entropy
    binary_cross_entropy_with_logits kl_div stack cat amax amin std var unique histc bincount argmax
    topk sort where gather log_prob rsample cosine_similarity normalize cumsum prod median logsumexp
    floor round sign bucketize searchsorted conv2d numpy svd det trunc ceil""".split()
)


# What leaves the numbers of a tensor what they are, and what takes places of a table.
_MOVES = frozenset(("unsqueeze", "squeeze", "view", "reshape", "flatten", "phi", "to", "expand"))
_LOOKS_UP = frozenset(("call", "embedding", "Embedding", "one_hot", "gather", "index", "index_select"))


def settle_roles(trace: Trace, graph: Graph) -> None:
    """Complete the roles that names left open by what the function does with its arguments."""
    raw: list[Source] = []  # what a target's name is given to although it is made a probability first
    for node in trace.arguments:
        source = node.source
        if source is None or source.stated:
            continue
        uses = {child.op for child, _ in graph.children.get(id(node), ())}
        if source.role in ("unknown", "prediction") and _is_left_as_given(source, uses, trace):
            source.role, source.guessed = "data", False
            continue
        if source.role == "target" and source.position == 0 and uses & _ACTIVATIONS:
            raw.append(source)
        if source.role == "setting" and source.position == 0 and _is_tensor(node, graph):
            source.role = "unknown"  # the `gamma` of a particle
        if source.role not in ("unknown", "target", "data"):
            if source.role == "setting" and _is_fitted(trace.root, source.name):
                source.fitted = True
                if uses & {"item", "detach"}:
                    source.role = "prediction"
            elif _is_input(node, graph):
                source.role = "data"
            elif (
                source.role == "prediction"
                and role_of(source.name) == "unknown"
                and _is_looked_up(node, graph)
            ):
                source.role = "target"  # only its place before a target made it a prediction
            continue
        if _is_place(node, graph):
            source.role = "target"
        elif (source.role == "unknown" and uses & _ACTIVATIONS) or (
            source.name in ("weights", "x", "input") and uses & _ACTIVATIONS
        ):
            source.role = "prediction"
    if trace.root.kind is Kind.LOSS:
        settle_pairs(trace.arguments, graph)
    settle_answers(graph)
    sources = [node.source for node in graph.source_nodes if node.source is not None]
    if any(source.role in STRONG for source in sources):
        return
    for source in raw:
        source.role = "prediction"
    if raw:
        return
    # Nobody is called a prediction: like in PyTorch's own losses, the first argument is.
    candidates = [source for source in sources if source.role in ("unknown", "data")]
    if not candidates and trace.root.kind is Kind.LOSS:
        candidates = [
            source
            for source in sources
            if source.role == "setting" and source.position == 0 and not is_holder(words(source.name))
        ]
        if not candidates:
            # `uniformity_loss(y)` is no loss of nothing but labels; a batch holds predictions too, unless
            # some model that is not seen makes them.
            alone = not any(node.is_opaque for node in graph.reached.values())
            named = "batch" if alone else ""
            candidates = [
                source
                for source in sources
                if source.role == "target" and source.position == 0
                if source.name == named or (source.name != "batch" and is_called_loss(trace.root.name))
            ]
    if candidates:
        first = min(candidates, key=lambda source: source.position)
        if _is_weighed(first, graph):
            return
        candidates = [each for each in candidates if not _is_beside(each, first, candidates, graph)]
        first = min(candidates, key=lambda source: source.position)
        open_role = first.role in ("unknown", "setting")
        if open_role or trace.root.kind is Kind.LOSS or is_module_call(trace.root):
            for source in candidates:
                if source is first or are_alike(source.name, first.name):
                    source.role, source.guessed = "prediction", True


def _is_left_as_given(source: Source, uses: set[str], trace: Trace) -> bool:
    """Whether a root makes all steps of its training itself, and none moves an argument that is a tensor."""
    steps = any(step.sources and step.passes for step in trace.taken)
    return steps and id(source) not in trace.optimised and uses.isdisjoint(("call", "attribute"))


def _is_weighed(first: Source, graph: Graph) -> bool:
    """Whether weights before the first open argument get gradient, and it gets none: these are trained."""
    weights = [
        node.source
        for node in graph.source_nodes
        if node.source is not None
        and node.source.position < first.position
        and id(node) in graph.flowing
        and not {"weight", "weights"}.isdisjoint(words(node.source.name))
    ]
    if not weights or any(node.source is first and id(node) in graph.flowing for node in graph.source_nodes):
        return False
    for source in weights:
        source.role, source.guessed = "prediction", True
    return True


def _is_beside(source: Source, first: Source, candidates: list[Source], graph: Graph) -> bool:
    """Whether what stands first is no prediction: it is looked up, or called a target beside what learns."""
    nodes = {id(node.source): node for node in graph.source_nodes}
    others = [each for each in candidates if each is not source]
    if source is not first or not others:
        return False
    if _is_looked_up(nodes[id(source)], graph):
        return True
    learns = any(id(nodes[id(each)]) in graph.flowing for each in others)
    return is_ambiguous(source.name) and learns and _is_compared(nodes[id(source)], graph)


def _is_compared(node: Node, graph: Graph) -> bool:
    """Whether an argument gets no gradient, and goes nowhere but into comparisons."""
    gates = graph.gates(node)
    return id(node) not in graph.flowing and all(gate.cause is Cause.COMPARISON for gate, _, _ in gates)


def _is_looked_up(node: Node, graph: Graph) -> bool:
    """Whether an argument is only made integers for a table or a layer: `self.embed(x.long())`."""
    uses = [child for child, _ in graph.children.get(id(node), ())]
    if uses and all(use.op in _MOVES for use in uses):
        return all(_is_looked_up(use, graph) for use in uses)
    if not uses or any(use.op not in ("long", "int") for use in uses):
        return False
    pending, ends = list(uses), []
    while pending:
        for after, _ in graph.children.get(id(pending.pop()), ()):
            if after.op in _MOVES:
                pending.append(after)
            else:
                ends.append(after.op in _LOOKS_UP or "module-call" in after.tags)
    return all(ends)


def _is_tensor(node: Node, graph: Graph) -> bool:
    """Whether what is called a setting is put through functions that take tensors only."""
    return any(
        child.op in _TENSOR_WORK and isinstance(child.at, ast.Call) and child.edges[0][0] is node
        for child, _ in graph.children.get(id(node), ())
        if child.kind == "tensor" and isinstance(getattr(child.at, "func", None), ast.Attribute)
    )


def _is_place(node: Node, graph: Graph) -> bool:
    """Whether an argument is an index of something, `table[x]`: it holds integers, or yes and no."""
    return any(
        child.op == "index" and gate is not None and gate.cause is None and child.edges[0][0] is not node
        for child, gate in graph.children.get(id(node), ())
    )


def _is_input(node: Node, graph: Graph) -> bool:
    """Whether what only its place made a prediction is fed to the class's own layers: `self.g(z)`."""
    assert node.source is not None
    if role_of(node.source.name) != "unknown" or id(node) not in graph.reached:
        return False
    return is_fed(node, graph)


def _is_fitted(root: Root, setting: str) -> bool:
    """Whether a loss is called after one of its settings: `fit_temperature_loss(temperature, …)`."""
    return root.kind is Kind.LOSS and setting.removeprefix("log_") in root.name.rpartition(".")[2]


def looks_like_loss(trace: Trace) -> bool:
    """Whether a function that no name calls a loss returns one number, as losses do, and no accuracy."""
    if not trace.losses or trace.root.kind is Kind.LOSS:
        return False
    if trace.root.kind is Kind.METRIC and not (
        (does_work(trace.root.name) and all(map(is_torch_loss, trace.losses)))
        or (measures(trace.root.name) and all(map(is_inverted, trace.losses)))
    ):
        return False
    module = is_module_call(trace.root) or is_idle_step(trace.root)
    for node in trace.losses:
        number = node.op == "item" and module  # a loss that returns a Python number, not a report
        places = node.dtype == "int" and node.op in ("tensor", "as_tensor", "from_numpy")
        if places or not is_scalar(node):
            return False
        figure = _is_accuracy(node) or (_is_figure(node) and not number)
        if figure and not (node.kind == "tensor" and _says_loss(trace)):
            return False
    pending = list(trace.losses)
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node.at, ast.Call) and node.kind == "tensor":
            if node.op in _TENSOR_WORK or is_torch_loss(node) or node.op.endswith(SCORES):
                return True
        if node.op in ("tensor", "as_tensor") and is_inverted(node):
            return True  # nobody makes a tensor of a figure that is to be printed
        if module and any(gate is not None and gate.cause is Cause.PYTHON_SCALAR for _, gate in node.edges):
            return True
        pending.extend(parent for parent, _ in node.edges)
    return False


def _says_loss(trace: Trace) -> bool:
    """Whether the one thing that a root returns has a loss's name there."""
    return len(trace.losses) == 1 and returns_loss(trace.root.node)


def _is_figure(node: Node) -> bool:
    """Whether a returned value is a report: a plain number on purpose, a yes or no, counted agreement."""
    if node.op in ("phi", "extreme") and node.kind == "scalar":
        return all(_is_figure(parent) for parent, _ in node.edges)
    if node.op in ("phi", "div") and _is_tally(node):
        return True
    listed = node
    while listed.op == "select" and listed.edges:
        listed = listed.edges[0][0]
    if node.op in ("item", "any", "compare", "not") or listed.op == "tolist":
        return True
    return _is_accuracy(node)


def _is_tally(node: Node, depth: int = 0) -> bool:
    """Whether a number is added up from Python numbers in a loop: `total += x.item()`, `total / count`."""
    parents = [parent for parent, gate in node.edges if gate is None]
    if isinstance(node.at, ast.AugAssign):
        return any(parent.op == "item" for parent in parents)
    if node.op == "phi":
        return depth < 4 and any(_is_tally(parent, depth + 1) for parent in parents)
    return node.op == "div" and depth < 4 and bool(parents) and _is_tally(parents[0], depth + 1)


def only_reports(trace: Trace, graph: Graph) -> bool:
    """Whether a value that is computed under no_grad as a whole is meant so: a figure to print, not a loss.

    Modules that return one number are losses, and nobody turns a figure into something to be made small.
    """
    numbers = all(node.kind == "scalar" for node in trace.losses)
    if any(map(is_inverted, trace.losses)):
        return False
    if not numbers and any(map(is_torch_loss, graph.reached.values())):
        return False
    if any(node.kind == "tensor" and not _made_without_graph(node) for node in trace.losses):
        return False  # a helper that is called runs so, not what is done with its result
    return not is_module_call(trace.root)


def _made_without_graph(node: Node) -> bool:
    """Whether the last operator itself ran under no_grad."""
    if (
        node.op in ("add", "sub", "div", "mult", "phi")
        and node.edges
        and all(gate is None for _, gate in node.edges)
    ):
        return any(map(_made_without_graph, (parent for parent, _ in node.edges)))
    return not node.edges or any(gate is not None for _, gate in node.edges)


def is_module_call(root: Root) -> bool:
    """Whether a root is what calling a module runs."""
    return root.owner is not None and root.name.endswith((".forward", ".__call__"))


def is_inverted(node: Node) -> bool:
    """Whether a number is to be made small because of its sign: `1 - dice`, `-psnr.mean()`."""
    at = node.at
    if node.op in ("tensor", "as_tensor") and isinstance(at, ast.Call) and at.args:
        at = at.args[0]
    while isinstance(at, ast.BinOp) and isinstance(at.op, (ast.Mult, ast.Div)):
        at = at.left  # `-hits.sum() / n`
    if isinstance(at, ast.UnaryOp):
        return isinstance(at.op, ast.USub)
    return (
        isinstance(at, ast.BinOp)
        and isinstance(at.op, ast.Sub)
        and isinstance(at.left, ast.Constant)
        and at.left.value == 1
    )


def _is_accuracy(node: Node, depth: int = 0) -> bool:
    """`(guess == label).float().mean()`: counted agreement."""
    if isinstance(node.at, ast.Compare) and node.op == "compare":
        return isinstance(node.at.ops[0], (ast.Eq, ast.NotEq))
    if node.op == "eq":
        return True
    if depth > 6 or node.op in ("sub", "neg", "relu", "clamp"):
        return False
    parents = [parent for parent, _ in node.edges if not is_control(node, parent)]
    chosen = parents[1:] if node.op == "where" else parents[:1]
    return any(_is_accuracy(parent, depth + 1) for parent in chosen)
