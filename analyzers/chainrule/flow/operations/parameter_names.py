"""What the parameters of an object are called: `self.head.weight`, `net.0.weight`, as in its state_dict."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.values import ITEMS, Instance, Map, Seq, Tensor, Value

# How deep parts of parts are named; objects may refer to each other in circles.
_DEPTH = 5

# The first parameter of the layers of torch.nn that have none called `weight`.
_FIRST = {
    "RNN": "weight_ih_l0",
    "LSTM": "weight_ih_l0",
    "GRU": "weight_ih_l0",
    "RNNCell": "weight_ih",
    "LSTMCell": "weight_ih",
    "GRUCell": "weight_ih",
    "MultiheadAttention": "in_proj_weight",
    "Transformer": "encoder.layers.0.linear1.weight",
    "TransformerEncoder": "layers.0.linear1.weight",
    "TransformerDecoder": "layers.0.linear1.weight",
    "TransformerEncoderLayer": "linear1.weight",
    "TransformerDecoderLayer": "linear1.weight",
}


def first_parameter(dotted: str) -> str:
    """The name that the first parameter of a layer has in it: `weight_ih_l0` for `torch.nn.LSTM`."""
    return _FIRST.get(dotted.rpartition(".")[2], "weight")


def name_object(instance: Instance, name: str, held: bool = False) -> None:
    """An object that nothing has named yet is `name` from here on, and its parameters and parts `name.…`.

    `held`: it is part of an object of an analysed class.
    """
    if not instance.name:
        _rename(instance, name, 0, held)


def name_made(instance: Instance, name: str) -> None:
    """The same for an object that had its `name`, or "", before its `__init__` was run."""
    if name:
        _rename(instance, name, 0)


def _rename(instance: Instance, name: str, depth: int, held: bool = False) -> None:
    before = f"{instance.name or 'self'}."
    instance.name = name
    for label, value in _parts(instance):
        if isinstance(value, Instance):
            moved = value.name.startswith(before)
            if depth < _DEPTH and (moved or not value.name):
                _rename(value, f"{name}.{value.name[len(before) :] if moved else label}", depth + 1, held)
        elif isinstance(value, Tensor) and value.node.source is not None:
            source = value.node.source
            source.held = source.held or held or name.startswith("self.")
            if source.name.startswith(before):
                source.name = f"{name}.{source.name[len(before) :]}"
            elif source.name.startswith("<"):
                source.name = f"{name}.{first_parameter(instance.external) if source.layer else label}"


def _parts(instance: Instance) -> Iterator[tuple[str, Value]]:
    """What an object holds, with its label in it: what is in a list or a table, by index or key."""
    for label, value in instance.attributes.items():
        if label == ITEMS and isinstance(value, Seq) and value.kind == "tuple":
            continue  # the fields of a record, which have names
        inside = "" if label == ITEMS else f"{label}."
        if isinstance(value, Seq):
            named = value.fields if len(value.fields) == len(value.items) else range(len(value.items))
            yield from ((f"{inside}{index}", item) for index, item in zip(named, value.items, strict=True))
        elif isinstance(value, Map):
            yield from ((f"{inside}{key}", item) for key, item in value.items.items())
        else:
            yield label, value
