"""Tensor methods and constructors about which PyTorch's operator data says nothing."""

from __future__ import annotations

from chainrule.gradient_facts._overlay.fact import Fact
from chainrule.gradient_facts.operators import Condition, Gradient, Output, Reason

_LEAVES = "input:c > result:c > overlay"
_CONSTANTS = {
    "shape": "x.shape",
    "size": "x.size()",
    "dim": "x.dim()",
    "ndim": "x.ndim",
    "ndimension": "x.ndimension()",
    "numel": "x.numel()",
    "nelement": "x.nelement()",
    "dtype": "x.dtype",
    "device": "x.device",
    "layout": "x.layout",
    "itemsize": "x.itemsize",
    "element_size": "x.element_size()",
    "nbytes": "x.nbytes",
    "stride": "x.stride()",
    "storage_offset": "x.storage_offset()",
    "data_ptr": "x.data_ptr()",
    "get_device": "x.get_device()",
    "requires_grad": "x.requires_grad",
    "is_leaf": "x.is_leaf",
    "grad_fn": "x.grad_fn",
    "grad": "x.grad",
    "_version": "x._version",
    "is_cuda": "x.is_cuda",
    "is_cpu": "x.is_cpu",
    "is_sparse": "x.is_sparse",
    "is_quantized": "x.is_quantized",
    "is_complex": "x.is_complex()",
    "is_floating_point": "x.is_floating_point()",
    "is_contiguous": "x.is_contiguous()",
    "is_signed": "x.is_signed()",
    "is_inference": "x.is_inference()",
    "is_conj": "x.is_conj()",
    "is_neg": "x.is_neg()",
    "is_shared": "x.is_shared()",
    "is_tensor": "torch.is_tensor(x)",
    "result_type": "torch.result_type(x, y)",
    "promote_types": "torch.promote_types(x.dtype, y.dtype)",
    "can_cast": "torch.can_cast(x.dtype, y.dtype)",
    "broadcast_shapes": "torch.broadcast_shapes(x.shape, y.shape)",
    "__len__": "len(x)",
    "__repr__": "repr(x)",
    "__format__": "format(x)",
    "register_hook": "x.register_hook(print)",
    "retain_grad": "x.retain_grad()",
    "retains_grad": "x.retains_grad",
    "storage": "x.storage()",
    "output_nr": "x.output_nr",
    "dim_order": "x.dim_order()",
    "is_meta": "x.is_meta",
    "is_mps": "x.is_mps",
    "is_xpu": "x.is_xpu",
    "is_nested": "x.is_nested",
    "is_sparse_csr": "x.is_sparse_csr",
    "is_mkldnn": "x.is_mkldnn",
    "_base": "x._base",
    "register_post_accumulate_grad_hook": (
        "torch.ones(2, requires_grad=True).register_post_accumulate_grad_hook(print)"
    ),
    "backward": "s.backward(retain_graph=True)",
    "untyped_storage": "x.untyped_storage()",
    "name": "x.name",
}
_SCALARS = {
    "item": "s.item()",
    "tolist": "x.tolist()",
    "__float__": "s.__float__()",
    "__int__": "s.__int__()",
    "__index__": "t.sum().__index__()",
    "__bool__": "s.__bool__()",
    "__complex__": "s.__complex__()",
    "__contains__": "s in x",
    "is_nonzero": "s.is_nonzero()",
}

_LIST = Condition(
    "data",
    "[...]",
    (Output("result", Gradient.CUT, reason=Reason.REBUILD),),
    nondifferentiable=frozenset({"data"}),
)
"""Given a list of tensors instead of one: the values are copied out as Python numbers."""


def _integers(name: str) -> Fact:
    return Fact("data:c > result:ci > overlay", f"torch.{name}([int(s), 1])", Reason.INTEGER_CAST)


FACTS: dict[str, Fact] = {
    **{name: Fact(_LEAVES, evidence, Reason.CONSTANT) for name, evidence in _CONSTANTS.items()},
    **{name: Fact(_LEAVES, evidence, Reason.PYTHON_SCALAR) for name, evidence in _SCALARS.items()},
    "numpy": Fact("input:c * force > result:c > view overlay", "x.numpy(force=True)", Reason.NUMPY),
    "__array__": Fact("input:c dtype > result:c > overlay", "x.detach().__array__()", Reason.NUMPY),
    "from_numpy": Fact("ndarray > result:c > overlay", "torch.from_numpy(x.detach().numpy())", Reason.NUMPY),
    "data": Fact("input:c > result:c > view overlay", "x.data", Reason.DETACH),
    "to": Fact(
        "input:f dtype non_blocking copy * device memory_format other > result:f > view casts overlay",
        "x.to(torch.float64)",
    ),
    "type": Fact("input:f dtype non_blocking > result:f > view casts overlay", "x.type(torch.float64)"),
    "type_as": Fact("input:f other:c > result:f > view casts overlay", "x.type_as(y)"),
    "cuda": Fact("input:f device non_blocking memory_format > result:f > view overlay"),
    "xpu": Fact("input:f device non_blocking memory_format > result:f > view overlay"),
    "pin_memory": Fact("input:f device > result:f > overlay"),
    "as_subclass": Fact("input:f cls > result:f > view overlay", "x.as_subclass(torch.Tensor)"),
    "from_dlpack": Fact(
        "ext_tensor:c > result:c > view overlay", "torch.from_dlpack(x.detach())", Reason.NUMPY
    ),
    # Of real numbers it is a step; it is asked of complex ones, whose phase has a gradient.
    "angle": Fact("input:fs > result:f > overlay", "torch.angle(torch.complex(x, y))"),
    "vander": Fact("x:r N increasing > result:r > overlay", "torch.vander(x)"),
    "__setitem__": Fact("input:f key:c value:f > result:f > inplace overlay"),
    "__reversed__": Fact("input:f > result:f > overlay", "reversed(x)"),
    "__iter__": Fact("input:f > result:f > view overlay", "list(x)"),
    "unbind": Fact("input:f dim > result:f > view overlay", "x.unbind()"),
    "tensor": Fact(
        "data:c * dtype device requires_grad pin_memory > result:c > casts overlay",
        "torch.tensor(x)",
        Reason.REBUILD,
    ),
    "new_tensor": Fact(
        "input:c data:c * dtype device requires_grad > result:c > casts overlay",
        "x.new_tensor(y)",
        Reason.REBUILD,
    ),
    "scalar_tensor": Fact(
        "s:c * dtype > result:c > overlay", "torch.scalar_tensor(s.detach())", Reason.PYTHON_SCALAR
    ),
    "full": Fact(
        "size fill_value:c * out dtype layout device requires_grad > result:c > overlay",
        "torch.full((2,), s.detach())",
        Reason.PYTHON_SCALAR,
    ),
    "full_like": Fact(
        "input:c fill_value:c * dtype layout device requires_grad memory_format > result:c > overlay",
        "torch.full_like(x, s.detach())",
        Reason.PYTHON_SCALAR,
    ),
    "new_full": Fact(
        "input:c size fill_value:c * dtype device requires_grad > result:c > overlay",
        "x.new_full((2,), s.detach())",
        Reason.PYTHON_SCALAR,
    ),
    "as_tensor": Fact(
        "data:f dtype device > result:f > view casts overlay", "torch.as_tensor(x)", conditions=(_LIST,)
    ),
    "asarray": Fact(
        "data:f * dtype device copy requires_grad > result:f > view casts overlay",
        "torch.asarray(x)",
        conditions=(_LIST,),
    ),
    "Tensor": Fact("data:f > result:f > view overlay", "torch.Tensor(x.float())", conditions=(_LIST,)),
    "FloatTensor": Fact(
        "data:f > result:f > view overlay", "torch.FloatTensor(x.float())", conditions=(_LIST,)
    ),
    "DoubleTensor": Fact("data:f > result:f > view overlay", "torch.DoubleTensor(x)", conditions=(_LIST,)),
    "HalfTensor": Fact("data:f > result:f > view overlay", "torch.HalfTensor(x.half())", conditions=(_LIST,)),
    "BFloat16Tensor": Fact(
        "data:f > result:f > view overlay", "torch.BFloat16Tensor(x.bfloat16())", conditions=(_LIST,)
    ),
    **{
        name: _integers(name)
        for name in ("LongTensor", "IntTensor", "ShortTensor", "ByteTensor", "CharTensor")
    },
    "BoolTensor": Fact(
        "data:c > result:cb > overlay", "torch.BoolTensor([bool(s), True])", Reason.INTEGER_CAST
    ),
    "autograd.Variable": Fact(
        "data:c requires_grad volatile > result:c > view overlay",
        "torch.autograd.Variable(x)",
        Reason.VARIABLE,
    ),
    "nn.Parameter": Fact(
        "data:c requires_grad > result:c > view overlay", "torch.nn.Parameter(x)", Reason.REWRAP
    ),
    "nn.Buffer": Fact("data:c * persistent > result:c > view overlay", "torch.nn.Buffer(x)", Reason.REWRAP),
    "copy.copy": Fact("x:c > result:c > view overlay", "copy.copy(x)", Reason.REWRAP),
    "copy.deepcopy": Fact(
        "x:c memo > result:c > overlay", "copy.deepcopy(x.detach().requires_grad_())", Reason.REWRAP
    ),
    "__deepcopy__": Fact("input:c memo > result:c > overlay", "", Reason.REWRAP),
    "autograd.grad": Fact(
        "outputs:c inputs:c grad_outputs:c retain_graph create_graph allow_unused is_grads_batched "
        "materialize_grads > result:c > overlay",
        "torch.autograd.grad(x.pow(3).sum(), x)",
        Reason.CREATE_GRAPH,
        (Condition("create_graph", "True", (Output("result", Gradient.FLOWS),)),),
    ),
    "utils.checkpoint.checkpoint": Fact(
        "function args:f > result:f > overlay",
        "torch.utils.checkpoint.checkpoint(torch.exp, x, use_reentrant=False)",
    ),
    "nn.utils.rnn.pad_sequence": Fact(
        "sequences:f batch_first padding_value padding_side > result:f > overlay",
        "torch.nn.utils.rnn.pad_sequence([x, y])",
    ),
    "nn.utils.parameters_to_vector": Fact(
        "parameters:f > result:f > overlay", "torch.nn.utils.parameters_to_vector([x, y])"
    ),
    "nn.functional.ctc_loss": Fact(
        "log_probs:fs targets:cs input_lengths:c target_lengths:c blank reduction zero_infinity"
        " > loss:f > overlay",
        "torch.nn.functional.ctc_loss(m.log_softmax(1)[:, None], torch.tensor([[1, 2]]), (4,), (2,))",
        conditions=(Condition("reduction", "'none'", (Output("loss", Gradient.FLOWS, saved=True),)),),
    ),
    "nn.utils.clip_grad_norm_": Fact(
        "parameters:c max_norm norm_type error_if_nonfinite foreach > result:c > overlay",
        "torch.nn.utils.clip_grad_norm_([x.detach().requires_grad_()], 1.0)",
        Reason.CONSTANT,
    ),
}
