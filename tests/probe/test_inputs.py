"""Where the inputs of a loss come from, in the order of the design, and what happens when there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.probe.evidence import Outcome
from evidence_support import probe, probe_file, verdicts, write

PAIR = "def loss(pred, target):\n    return (pred - target).pow(2).mean()\n"


def test_the_given_inputs_win(tmp_path: Path) -> None:
    code = PAIR + "\nprint(loss(torch.rand(2), torch.rand(2)))\n"
    evidence = probe(code, "loss", tmp_path, inputs="pred=torch.rand(7), target=torch.zeros(7)")
    assert evidence.inputs.origin == "argument"
    assert evidence.inputs.arguments == {"pred": "torch.rand(7)", "target": "torch.zeros(7)"}


def test_a_comment(tmp_path: Path) -> None:
    code = "# chainrule: inputs pred=torch.rand(3, 2),\n#   target=torch.ones(3, 2)\n" + PAIR
    evidence = probe(code, "loss", tmp_path)
    assert evidence.inputs.origin == "comment"
    assert evidence.inputs.arguments["target"] == "torch.ones(3, 2)"


def test_an_example_call_and_what_builds_its_arguments(tmp_path: Path) -> None:
    code = PAIR + (
        "size = 3\nprint('start')\npred = torch.rand(size, requires_grad=True)\nopen('missing.bin')\n"
        "for i in range(2):\n    out = pred * 2\n    value = loss(out, torch.zeros(size))\n"
        "    value.backward()\n"
    )
    evidence = probe(code, "loss", tmp_path)
    assert evidence.inputs.origin == "example"
    assert verdicts(evidence) == {"pred": "flows"}


def test_an_example_under_the_main_guard_constructs_the_object(tmp_path: Path) -> None:
    code = """
    class Scaled(nn.Module):
        def __init__(self, scale, width):
            super().__init__()
            self.scale = nn.Parameter(torch.full((width,), float(scale)))

        def forward(self, pred, target):
            return (self.scale * pred - target).abs().mean()

    if __name__ == "__main__":
        width = 6
        criterion = Scaled(2, width)
        pred = torch.rand(4, width, requires_grad=True)
        print(criterion(pred, torch.rand(4, width)).item())
    """
    evidence = probe(code, "Scaled.forward", tmp_path)
    assert evidence.inputs.origin == "example"
    assert verdicts(evidence) == {"pred": "flows", "self.scale": "flows"}


def test_a_test_next_to_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, PAIR, "shapes.py")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_shapes.py").write_text(
        "import torch\nfrom shapes import loss\n\ndef test_it():\n    a = torch.rand(9)\n"
        "    assert loss(a, a) == 0\n"
    )
    evidence = probe_file(path, "loss")
    assert evidence.inputs.origin == "test test_shapes.py"
    assert evidence.inputs.arguments == {"pred": "torch.rand(9)", "target": "torch.rand(9)"}


def test_an_example_that_fails_falls_back_to_the_search(tmp_path: Path) -> None:
    code = PAIR + "\nloss(torch.load('weights.pt'), torch.rand(3))\n"
    evidence = probe(code, "loss", tmp_path)
    assert evidence.inputs.origin == "search"
    assert verdicts(evidence) == {"pred": "flows"}


def test_a_docstring(tmp_path: Path) -> None:
    code = '''
    def loss(scores, chosen):
        """Shape:
            - scores: (N, C, L) where C is the number of classes
            - chosen: (N, L), class indices
        """
        return F.cross_entropy(scores, chosen)
    '''
    evidence = probe(code, "loss", tmp_path)
    assert evidence.inputs.origin == "docstring"
    assert evidence.inputs.arguments["scores"] == "torch.randn((4, 5, 6))"
    assert evidence.inputs.arguments["chosen"].endswith("(4, 6))")


def test_jaxtyping_annotations(tmp_path: Path) -> None:
    code = """
    from __future__ import annotations

    def loss(a: Float[torch.Tensor, "batch dim"], b: Int[torch.Tensor, "batch"]):
        return a.gather(1, b[:, None]).sum()
    """
    path = tmp_path / "annotated.py"
    path.write_text(
        "from __future__ import annotations\nimport torch\n"
        + "\n".join(line[4:] for line in code.split("\n") if "__future__" not in line)
    )
    evidence = probe_file(path, "loss")
    assert evidence.inputs.origin == "annotations"
    assert verdicts(evidence) == {"a": "flows"}


SEARCHED = {
    "classes": ("def loss(logits, labels):\n    return F.cross_entropy(logits, labels)", None),
    "dense": ("def loss(p, m):\n    b, c, h, w = p.shape\n    return F.nll_loss(p.log_softmax(1), m)", None),
    "triplet": ("def loss(anchor, positive, negative):\n"
        "    return F.triplet_margin_loss(anchor, positive, negative)", None),
    "one-hot": ("def loss(x, y):\n    t = F.one_hot(y, x.size(1)).float()\n"
        "    return ((x.sigmoid() - t) ** 2).mean()", None),
    "mask": ("def loss(pred, gt, mask):\n    return ((pred - gt) ** 2)[mask].mean()", None),
    "probabilities": ("def loss(p, y):\n    return F.binary_cross_entropy(p, y)", None),
    "einsum": ("def loss(q, docs):\n"
        "    return torch.einsum('bd,bnd->bn', q, docs).logsumexp(1).mean()", None),
    "a model": ("def loss(net, x, y):\n    return F.mse_loss(net(x), y)", None),
    "a dict": ("def loss(batch):\n    return (batch['pred'] - batch['target']).abs().mean()", None),
    "a tuple": ("def loss(batch):\n    x, y = batch\n    return F.cross_entropy(x, y)", None),
    "lists": ("def loss(outputs, y):\n    return sum(F.mse_loss(o, y) for o in outputs)", None),
    "numbers": ("def loss(pred, target, margin, k):\n"
        "    return pred.topk(k).values.clamp(min=margin).sum() + target.mean()", None),
    "layers": (
        "class Model(nn.Module):\n    def __init__(self, n_in, hidden):\n        super().__init__()\n"
        "        self.a = nn.Linear(n_in, hidden)\n        self.b = nn.Linear(hidden, 3)\n"
        "    def loss(self, x, y):\n        return F.cross_entropy(self.b(self.a(x).relu()), y)",
        "Model.loss",
    ),
    "images": (
        "class Conv(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.c = nn.Conv2d(1, 2, 3)\n"
        "    def forward(self, img, ref):\n        return (self.c(img) - self.c(ref)).abs().mean()",
        "Conv.forward",
    ),
    "configuration": (
        "from dataclasses import dataclass\n@dataclass\nclass Config:\n    width: int = 3\n"
            "    beta: float = 0.5\n"
        "class Model(nn.Module):\n    def __init__(self, cfg):\n        super().__init__()\n"
            "        self.cfg = cfg\n"
        "        self.f = nn.Linear(cfg.width, 2)\n    def loss(self, x):\n"
            "        return self.f(x).pow(2).mean() * self.cfg.beta",
        "Model.loss",
    ),
    "modes": (
        "MODES = ('sum', 'mean')\nclass Choosy(nn.Module):\n    def __init__(self, mode):\n"
            "        super().__init__()\n"
        "        assert mode in ('binary', 'multiclass')\n        self.mode = mode\n"
        "    def forward(self, pred, y):\n        return (pred - y).abs().mean()",
        "Choosy.forward",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEARCHED)
def test_search(name: str, tmp_path: Path) -> None:
    code, qualname = SEARCHED[name]
    evidence = probe(code, qualname or "loss", tmp_path)
    assert evidence.outcome is Outcome.OK, evidence.inputs.tried
    assert evidence.inputs.origin == "search"
    assert "flows" in verdicts(evidence).values()


def test_nothing_works(tmp_path: Path) -> None:
    code = (
        "def loss(pred, secret):\n    assert hash(str(secret)) == 5, 'speak, friend'\n    return pred.sum()"
    )
    evidence = probe(code, "loss", tmp_path)
    assert evidence.outcome is Outcome.NO_INPUTS
    assert "speak, friend" in (evidence.error or "")
    assert evidence.inputs.tried
    assert evidence.inputs.suggestion.startswith("# chainrule: inputs pred=")
    assert evidence.exit_code == 2


def test_inputs_that_do_not_fit_say_why(tmp_path: Path) -> None:
    evidence = probe(PAIR, "loss", tmp_path, inputs="prediction=torch.rand(3)")
    assert evidence.outcome is Outcome.NO_INPUTS
    assert "do not fit loss" in (evidence.error or "")


def test_a_missing_package_that_the_loss_does_not_use(tmp_path: Path) -> None:
    code = """
    import no_such_logger
    from no_such_plots import draw

    class Trainer:
        def log(self):
            no_such_logger.log(draw())

        def loss(self, pred):
            return pred.sum()
    """
    assert verdicts(probe(code, "Trainer.loss", tmp_path)) == {"pred": "flows"}


def test_a_missing_package_that_the_loss_uses(tmp_path: Path) -> None:
    evidence = probe(
        "import no_such_math\n\ndef loss(pred):\n    return no_such_math.sum(pred)", "loss", tmp_path
    )
    assert evidence.outcome is Outcome.NO_INPUTS
    assert "No module named 'no_such_math'" in (evidence.error or "")


def test_an_argument_given_as_a_leaf_is_the_only_source(tmp_path: Path) -> None:
    code = "def loss(a, b):\n    return (a * b).sum()"
    given = probe(code, "loss", tmp_path, inputs="a=torch.rand(3), b=torch.rand(3, requires_grad=True)")
    assert verdicts(given) == {"b": "flows"}
    neither = probe(code, "loss", tmp_path, inputs="a=torch.rand(3), b=torch.rand(3)")
    assert verdicts(neither) == {"a": "flows", "b": "flows"}


def test_data_of_a_model_is_no_source(tmp_path: Path) -> None:
    code = "NET = nn.Linear(3, 2)\n\ndef loss(x, y):\n    return F.mse_loss(NET(x), y)"
    evidence = probe(code, "loss", tmp_path, inputs="x=torch.rand(4, 3), y=torch.rand(4, 2)")
    assert set(verdicts(evidence)) == {"NET.weight", "NET.bias"}


def test_a_trial_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainrule_agent.inputs import search

    monkeypatch.setattr(search, "TRIAL_SECONDS", 0.2)
    code = """
    def loss(a, b):
        while not b.is_floating_point():
            pass
        return F.nll_loss(a.log_softmax(1), b.argmax(1) if b.dim() > 1 else b.long())
    """
    evidence = probe(code, "loss", tmp_path)
    assert evidence.outcome is Outcome.OK, evidence.inputs.tried
    endless = probe("def loss(a):\n    while True:\n        pass", "loss", tmp_path)
    assert endless.outcome is Outcome.NO_INPUTS
    assert "it does not end within 0.2 s" in (endless.error or "")
    assert endless.inputs.suggestion.startswith("# chainrule: inputs a=")


@pytest.mark.parametrize(
    "code",
    [
        "def loss(pred, target, *, cost):\n"
        "    if cost.shape[0] != cost.shape[1]:\n"
        "        raise ValueError('cost must be C x C')\n"
        "    return (pred @ cost - target).square().mean()",
        "def loss(pred, target, **options):\n    return (pred - target).abs().pow(options['power']).mean()",
        "def loss(pred, target):\n"
        "    if pred.dim() != 4:\n"
        "        raise ValueError(f'Only 2D images supported. Got {pred.dim()}.')\n"
        "    return (pred - target).abs().mean()",
    ],
    ids=["a square matrix", "a hidden option", "images"],
)
def test_complaints_of_the_loss_itself_are_understood(code: str, tmp_path: Path) -> None:
    evidence = probe(code, "loss", tmp_path)
    assert evidence.outcome is Outcome.OK, evidence.inputs.tried
    assert verdicts(evidence)["pred"] == "flows"


@pytest.mark.parametrize("inputs", ["**dict(a=torch.rand(3), b=2)", "torch.rand(3), **{'b': 2}", "*PAIR"])
def test_starred_arguments_are_told_apart(inputs: str, tmp_path: Path) -> None:
    code = "PAIR = (torch.rand(3), 2)\n\ndef loss(a, b):\n    return (a * b).sum()"
    evidence = probe(code, "loss", tmp_path, inputs=inputs)
    assert evidence.inputs.arguments in (
        {"a": "torch.rand(3)", "b": "2"},
        {"a": "PAIR[0]", "b": "PAIR[1]"},
    )
    assert evidence.call is not None
