"""Libraries beside PyTorch that users call on tensors: a fact for a whole module, or for one name in it."""

from __future__ import annotations

from chainrule.gradient_facts._overlay.fact import Fact
from chainrule.gradient_facts.operators import Reason

_OUT = "x:c > result:c > overlay"

MODULES: dict[str, Fact] = {
    "numpy": Fact(_OUT, "np.sqrt(x.detach())", Reason.NUMPY),
    "np": Fact(_OUT, "np.square(x.detach().numpy())", Reason.NUMPY),
    "scipy": Fact(_OUT, "scipy.ndimage.distance_transform_edt(x.detach())", Reason.EXTERNAL),
    "sklearn": Fact(_OUT, "sklearn.metrics.mean_squared_error(x.detach(), y.detach())", Reason.EXTERNAL),
    "skimage": Fact(_OUT, "", Reason.EXTERNAL),
    "cv2": Fact(_OUT, "", Reason.EXTERNAL),
    "PIL": Fact(_OUT, "", Reason.EXTERNAL),
    "pandas": Fact(_OUT, "", Reason.EXTERNAL),
    "nltk": Fact(_OUT, "", Reason.EXTERNAL),
}
"""A call of anything in these modules gives no tensor that autograd knows."""

FACTS: dict[str, Fact] = {
    "einops.rearrange": Fact(
        "tensor:f pattern > result:f > view overlay", "einops.rearrange(x, '(a b) -> a b', a=2)"
    ),
    "einops.reduce": Fact(
        "tensor:f pattern reduction > result:f > overlay", "einops.reduce(x, 'a ->', 'sum')"
    ),
    "einops.repeat": Fact("tensor:f pattern > result:f > overlay", "einops.repeat(x, 'a -> a b', b=2)"),
    "einops.einsum": Fact("tensors:fs pattern > result:f > overlay", "einops.einsum(x, y, 'a, a ->')"),
    "einops.pack": Fact("tensors:f pattern > result:f shapes:c > overlay", "einops.pack([x, y], '*')"),
    "einops.unpack": Fact(
        "tensor:f packed_shapes pattern > result:f > view overlay", "einops.unpack(x, [[2], [2]], '*')"
    ),
    "einops.parse_shape": Fact(
        "x:c pattern > result:c > overlay", "einops.parse_shape(x, 'a')", Reason.CONSTANT
    ),
    "opt_einsum.contract": Fact(
        "subscripts operands:fs > result:f > overlay", "opt_einsum.contract('a,a->', x, y)"
    ),
}
