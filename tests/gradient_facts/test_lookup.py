"""Names as users write them, and what they are told."""

from __future__ import annotations

import pytest
import torch

from chainrule.gradient_facts import Gradient, Reason, dtype_kind, explain, lookup, nearest


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("torch.topk", "topk"),
        ("torch.Tensor.topk", "topk"),
        ("Tensor.topk", "topk"),
        ("topk", "topk"),
        ("torch.nn.functional.one_hot", "nn.functional.one_hot"),
        ("F.one_hot", "nn.functional.one_hot"),
        ("one_hot", "nn.functional.one_hot"),
        ("F.relu", "nn.functional.relu"),
        ("torch.linalg.det", "linalg.det"),
        ("linalg.det", "linalg.det"),
        ("linalg_det", "linalg.det"),
        ("torch.special.expit", "special.expit"),
        ("torch.fft.fft", "fft.fft"),
        ("relu_", "relu_"),
        ("torch.ops.aten.add.Tensor", "add"),
        ("//", "floor_divide"),
        ("%", "remainder"),
        (">", "gt"),
        ("==", "eq"),
        ("@", "matmul"),
        ("**", "pow"),
        ("~", "bitwise_not"),
        ("+=", "add_"),
        ("Tensor.__rpow__", "__rpow__"),
        ("Tensor.__iadd__", "add_"),
        ("torch.nn.LazyLinear", "nn.Linear"),
        ("torch.distributions.Normal.rsample", "distributions.Distribution.rsample"),
        ("torch.distributions.Categorical.rsample", "distributions.Categorical.rsample"),
    ],
)
def test_spellings(spelling: str, name: str) -> None:
    operator = lookup(spelling)
    assert operator is not None and operator.name == name


def test_unknown_names_have_no_fact() -> None:
    assert lookup("torch.nonsense") is None
    assert explain("torch.nonsense") is None


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("torch.topk", {"values": "flows", "indices": "cut"}),
        ("torch.max", {"values": "flows", "indices": "cut"}),
        ("torch.sort", {"values": "flows", "indices": "cut"}),
        ("torch.unique", {"output": "raises", "inverse_indices": "cut", "counts": "cut"}),
        ("torch.argmax", {"result": "cut"}),
        ("Tensor.round", {"result": "zero"}),
        ("torch.sign", {"result": "zero"}),
        ("torch.bernoulli", {"result": "zero"}),
        ("torch.multinomial", {"result": "cut"}),
        ("torch.histc", {"result": "cut"}),
        ("torch.heaviside", {"result": "raises"}),
        ("F.one_hot", {"result": "cut"}),
        ("linalg.det", {"result": "flows"}),
        ("//", {"result": "raises"}),
        ("floor_divide", {"result": "raises"}),
        ("Tensor.item", {"result": "cut"}),
        ("torch.tensor", {"result": "cut"}),
        ("torch.as_tensor", {"result": "flows"}),
        ("nn.CrossEntropyLoss", {"result": "flows"}),
    ],
)
def test_explanations(name: str, outputs: dict[str, str]) -> None:
    explanation = explain(name)
    assert explanation is not None
    assert {output.name: output.gradient.value for output in explanation.outputs} == outputs
    assert torch.__version__.partition("+")[0] in explanation.source


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("torch.gt", Reason.COMPARISON),
        ("torch.argmax", Reason.INDEX),
        ("torch.multinomial", Reason.SAMPLING),
        ("torch.bernoulli", Reason.SAMPLING),
        ("torch.round", Reason.ROUNDING),
        ("Tensor.long", Reason.INTEGER_CAST),
        ("torch.histc", Reason.NONDIFFERENTIABLE),
        ("F.one_hot", Reason.NONDIFFERENTIABLE),
        ("Tensor.detach", Reason.DETACH),
        ("Tensor.item", Reason.PYTHON_SCALAR),
        ("Tensor.numpy", Reason.NUMPY),
        ("torch.zeros_like", Reason.CONSTANT),
        ("Tensor.shape", Reason.CONSTANT),
        ("torch.heaviside", Reason.NOT_IMPLEMENTED),
        ("torch.exp", None),
    ],
)
def test_reasons(name: str, reason: Reason | None) -> None:
    operator = lookup(name)
    assert operator is not None and operator.reason is reason


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("torch.argmx", "torch.argmax"),
        ("F.onehot", "torch.nn.functional.one_hot"),
        ("torch.lialg.det", "torch.linalg.det"),
        ("Tensor.flor", "torch.floor"),
    ],
)
def test_nearest_names(typo: str, meant: str) -> None:
    assert meant in nearest(typo)
    assert all(lookup(name) is not None for name in nearest(typo))


def test_every_public_operator_has_a_fact() -> None:
    """What takes tensors, by PyTorch's own list for `__torch_function__`."""
    rare = ("sym_", "fbgemm_", "quantized_", "choose_qparams", "fused_moving", "_", "cudnn_", "miopen_")
    rest = {
        "gru",
        "lstm",
        "rnn_relu",
        "rnn_tanh",
        "module_load",
        "map_",
        "map2_",
        "storage_type",
        "grad_dtype",
    }
    rest |= {"const_data_ptr", "ipu", "mtia", "resize", "resize_as", "volatile", "is_distributed"}
    rest |= {f"is_{device}" for device in ("ipu", "maia", "mtia", "vulkan", "xla")}
    missing = []
    for function in torch.overrides.get_testing_overrides():
        name = (torch.overrides.resolve_name(function) or "").removesuffix(".__get__")
        last = name.rpartition(".")[2]
        if (
            name
            and ".init." not in name
            and not last.startswith(rare)
            and last not in rest
            and not lookup(name)
        ):
            missing.append(name)
    assert not missing


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("torch.long", "int"),
        ("int64", "int"),
        ("torch.LongTensor", "int"),
        ("'torch.FloatTensor'", "float"),
        ("torch.bool", "bool"),
        ("np.float32", "float"),
        ("torch.cfloat", "complex"),
        ("x", None),
    ],
)
def test_dtype_kinds(name: str, kind: str | None) -> None:
    assert dtype_kind(name) == kind


def test_values_of_arguments_matter() -> None:
    division = lookup("torch.div")
    assert division is not None
    assert division.gradient is Gradient.FLOWS
    assert division.given("rounding_mode", "'floor'").gradient is Gradient.ZERO
    assert division.given("rounding_mode", "None") is division


def test_a_layer_is_known_by_its_call() -> None:
    constructor = lookup("torch.nn.BCELoss")
    assert constructor is not None and constructor.builds is not None
    called = lookup(constructor.builds)
    assert called is not None
    assert called.arguments == ("input", "target")
    assert called.gradient is Gradient.FLOWS
