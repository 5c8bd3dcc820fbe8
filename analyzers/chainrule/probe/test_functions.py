"""The functions of a test file, out of what a probe saw."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from chainrule.findings import Verdict
from chainrule.probe.evidence import CallEvidence, EdgeEvidence, Evidence, SourceEvidence
from chainrule.probe.slicing_names import bound_names, used_names
from chainrule.syntax import walk_tree

WIDTH = 70
"""Characters of a dict that stays on one line."""
FIXTURE = (
    "@pytest.fixture",
    "def float64():",
    "    torch.set_default_dtype(torch.float64)",
    "    yield",
    "    torch.set_default_dtype(torch.float32)",
)
_FLOAT32 = re.compile(r"\btorch\.float(32)?\b|\.float\(\)")


class Functions:
    """The tests of one call."""

    def __init__(self, evidence: Evidence, call: CallEvidence) -> None:
        self.evidence = evidence
        self.call = call
        self.setup = ast.parse(call.setup).body
        self.made = {name for statement in self.setup for name in bound_names(statement)}
        self.object = self._object()
        self.variables = {a.name: self._variable(a.name, a.text) for a in call.arguments}
        used = {*self.variables.values(), *self.needed(), *self.made}
        self.result = next(name for name in ("loss", "value", "result") if name not in used)
        self.name = identifier(evidence.function.removesuffix(".forward").removesuffix(".__call__")).lower()

    def _object(self) -> str:
        """The variable that holds the object of a method."""
        if self.call.instance in self.made:
            return str(self.call.instance)
        return _free("loss_fn", self.made | {a.name for a in self.call.arguments})

    def _variable(self, name: str, text: str) -> str:
        taken = {self.call.callee.partition(".")[0], "torch", "name", "source", "sources"}
        return _free(name, taken | (self.made if text != name else set()))

    def needed(self) -> set[str]:
        """The module's names that the tests use."""
        inputs = [self.call.instance or "", *(a.text for a in self.call.arguments)]
        found = {name for text in inputs for name in _names(text)}
        found |= {name for statement in self.setup for name in used_names(statement)}
        return (found | self._held() | {self.call.callee.partition(".")[0]}) - self.made - {"self"}

    def _held(self) -> set[str]:
        """The tensors and models of the module that are sources."""
        roots = {name for text, _ in self.call.sources.values() for name in _names(text)}
        return roots - set(self.variables) - {"self"}

    # -- tests ----------------------------------------------------------------------------------

    def reaches(self) -> list[str]:
        """Gradient reaches every source that takes part in the loss."""
        sources = [s for s in self.evidence.sources if s.verdict is not Verdict.UNUSED]
        body = [*self._inputs(), *self._leaves(), "", *self._backward(), "", *self._check(sources, zero=True)]
        return _function(f"test_gradient_reaches_every_source_of_{self.name}()", body)

    def agrees(self) -> list[str]:
        """Autograd agrees with finite differences, for the sources for which the probe saw that."""
        sources = [s for s in self.evidence.sources if _agrees(s)]
        if not sources or self.call.backward or self._held():
            return []
        inputs = [_FLOAT32.sub(_double, line) for line in self._inputs()]
        listed = ", ".join(self._source(s.name) for s in sources)
        body = [*inputs, *self._leaves(double=True), "", f"def {self.result}(*_):"]
        body += [f"    {line}" for line in self._loss(seeded=True)]
        body += ["", f"assert torch.autograd.gradcheck({self.result}, [{listed}], fast_mode=True)"]
        name = f"test_gradient_of_{self.name}_agrees_with_finite_differences(float64)"
        return ["", "", *FIXTURE, *_function(name, body)]

    def edge(self, case: EdgeEvidence) -> list[str]:
        """The loss and its gradients stay finite for one edge input."""
        edits = [f"{self.variables[name]} = {self._renamed(text)}" for name, text in case.edits.items()]
        body = [*self._inputs(), *edits, *self._leaves(edited=case.edits), "", *self._backward(), ""]
        if case.verdict is Verdict.NONFINITE and not self.call.backward:
            body.append(f'assert {self.result}.isfinite(), f"the loss is {{{self.result}}}"')
        body += self._check([s for s in self.evidence.sources if s.name in case.sources], zero=False)
        return _function(f"test_{self.name}_with_{identifier(case.case).lower()}()", body)

    # -- parts of a test ------------------------------------------------------------------------

    def _inputs(self) -> Iterator[str]:
        """Seed, set-up, object and arguments, in the order in which the probe made them."""
        call = self.call
        whole = " ".join([call.setup, call.instance or "", *(a.text for a in call.arguments)])
        yield f"torch.manual_seed({call.seed})"
        if re.search(r"\bnp\.random\b|\bnumpy\.random\b", whole):
            yield f"np.random.seed({call.seed})"
        for statement in self.setup:
            yield from ast.unparse(statement).splitlines()
        if call.instance is not None and call.instance != self.object:
            yield f"{self.object} = {call.instance}"
        for argument in call.arguments:
            variable = self.variables[argument.name]
            if variable != argument.text:
                yield f"{variable} = {argument.text}"

    def _leaves(self, double: bool = False, edited: Collection[str] = ()) -> Iterator[str]:
        """Make the sources leaves that require grad, as the probe did."""
        copy = ".detach().double()" if double else ".detach()"
        for name, (text, made) in self.call.sources.items():
            source = self._source(name)
            if made == "copied":
                yield f"{source} = {source}{copy}.clone().requires_grad_()"
            elif text in self.variables and (made == "marked" or text in edited):
                yield f"{source} = {source}{copy}.requires_grad_()"
            elif made == "marked":
                yield f"{source}.requires_grad_()"

    def _backward(self) -> Iterator[str]:
        if self.call.backward:
            yield self._called()
            return
        yield from (line.replace("return ", f"{self.result} = ") for line in self._loss())
        yield f"{self.result}.backward()"

    def _loss(self, seeded: bool = False) -> Iterator[str]:
        """Statements that return the scalar loss."""
        if seeded:
            yield f"torch.manual_seed({self.call.seed})"
        if self.call.loss.count("returned") == 1:
            yield f"return {self.call.loss.replace('returned', self._called())}"
        else:
            yield f"returned = {self._called()}"
            yield f"return {self.call.loss}"

    def _called(self) -> str:
        head, dot, rest = self.call.callee.partition(".")
        callee = f"{self.object if head == 'self' else head}{dot}{rest}"
        parts = []
        for argument in self.call.arguments:
            variable = self.variables[argument.name]
            mark = {"positional": "", "keyword": f"{argument.name}=", "star": "*"}.get(argument.how, "**")
            parts.append(f"{mark}{variable}")
        return f"{callee}({', '.join(parts)})"

    def _check(self, sources: Sequence[SourceEvidence], zero: bool) -> Iterator[str]:
        listed = [f'"{s.name}": {self._source(s.name)}' for s in sources]
        if sum(len(pair) + 2 for pair in listed) < WIDTH:
            yield f"sources = {{{', '.join(listed)}}}"
        else:
            yield from ("sources = {", *(f"    {pair}," for pair in listed), "}")
        yield "for name, source in sources.items():"
        yield '    assert source.grad is not None, f"no gradient reaches {name}"'
        yield '    assert source.grad.isfinite().all(), f"the gradient of {name} holds NaN or inf"'
        if zero:
            yield '    assert source.grad.any(), f"the gradient of {name} is zero everywhere"'

    def _source(self, name: str) -> str:
        return self._renamed(self.call.sources[name][0])

    def _renamed(self, text: str) -> str:
        """The expression with the test's variables for the parameters and the object."""
        names = {**self.variables, "self": self.object}
        tree = ast.parse(text, mode="eval")
        for node in walk_tree(tree):
            if isinstance(node, ast.Name):
                node.id = names.get(node.id, node.id)
        return ast.unparse(tree)


def _agrees(source: SourceEvidence) -> bool:
    slopes = source.finite_difference
    return source.verdict is Verdict.FLOWS and slopes is not None and slopes.agrees and slopes.float64


def _double(match: re.Match[str]) -> str:
    return ".double()" if match[0].endswith(")") else "torch.float64"


def _names(text: str) -> frozenset[str]:
    return used_names(ast.parse(text)) if text else frozenset()


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _function(head: str, body: Sequence[str]) -> list[str]:
    return ["", "", f"def {head}:", *(f"    {line}" if line else "" for line in body)]


def identifier(text: str) -> str:
    """The text as a part of a name."""
    return re.sub(r"\W+", "_", text).strip("_")
