"""A torch module as an `Architecture`: what it does is followed step by step, or refused in one line that says why.

Followed are matrix products of a signal with one parameter, biases, sums of signals, factors, and elementwise
functions of a Gaussian signal, written as layers or by hand. What depends on the inputs and constants alone, as
fixed Fourier features, is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from numerics.networks.architectures import (
    IDENTITY,
    ONE,
    Architecture,
    Elementwise,
    Entries,
    Field,
    Inputs,
    Power,
    Signal,
    Source,
    Term,
    added,
    signal_of,
)
from numerics.networks.module_graphs import Ref, Step, refs_in
from numerics.networks.reading_state import Known, Reader, Value, Weight, number_in, power_of

SAME_SHAPE = {
    "t", "transpose", "permute", "view", "_unsafe_view", "reshape", "unsqueeze", "squeeze", "expand", "clone", "alias",
    "_to_copy", "contiguous", "lift_fresh_copy", "view_copy", "detach",
}  # fmt: skip
REFUSED = (
    ("batch_norm", "batch normalisation"),
    ("layer_norm", "layer normalisation"),
    ("group_norm", "group normalisation"),
    ("rms_norm", "normalisation over a layer"),
    ("convolution", "a convolution"),
    ("bernoulli", "a forward pass that is random (dropout in training mode? call .eval() on the network)"),
    ("rand", "a forward pass that is random"),
    ("dropout", "a forward pass that is random (dropout in training mode? call .eval() on the network)"),
    ("attention", "attention"),
    ("softmax", "a softmax over a layer"),
    ("pool", "pooling"),
    ("embedding", "an embedding"),
    ("prelu", "an activation with a trained slope"),
    ("weight_norm", "weight normalisation"),
)


def architecture_of(
    steps: list[Step],
    points: Tensor,
    shown: int,
    widths: tuple[int, ...] | None,
    entries: Callable[[str], Entries],
    trained: frozenset[str],
    parameters: frozenset[str],
) -> Architecture:
    """The architecture at the first ``shown`` of the points (n, d); n must differ from every size of a parameter."""
    reader = Reader(widths, entries, trained, parameters, len(points), steps=steps)
    last: Value | None = None
    for place, step in enumerate(steps):
        if step.name == "output":
            last = _single(reader, step)
            break
        reader.values[place] = _value(reader, step, points)
    shape = steps[_output_place(steps[-1])].shapes
    if not isinstance(last, Signal):
        raise ValueError("the output does not depend on the parameters in a way that has a limit")
    sizes = {int(np.prod(one[1:])) for one in shape}
    if len(sizes) > 1 or shape[0][:1] != (len(points),):
        raise ValueError(f"an output (n,) or (n, q) with q fixed wanted, got {shape[0]} for n = {len(points)}")
    if last.acts or not last.linear.parts:
        of = last.acts[0].function if last.acts else "nothing"
        raise ValueError(
            f"the output is {of} of a layer: its tangent kernel stays random at any width; end with a linear layer"
        )
    sources = [_cut(source, shown) for source in reader.sources]
    rows = points[:shown].double().numpy()
    return Architecture(rows, tuple(sources), last.linear, sizes.pop(), widths)


def _output_place(step: Step) -> int:
    (given,) = step.arguments[0]
    one = given[0] if isinstance(given, tuple) else given
    if not isinstance(one, Ref):
        raise ValueError("a module with one tensor as output wanted")
    return one.place


def _single(reader: Reader, step: Step) -> Value:
    (given,) = step.arguments[0]
    if isinstance(given, tuple) and len(given) != 1:
        raise ValueError("a module with one tensor as output wanted")
    return reader.values[_output_place(step)]


def _cut(source: Source, shown: int) -> Source:
    if not isinstance(source.given, Inputs):
        return source
    return replace(source, given=replace(source.given, values=source.given.values[:shown]))


def _value(reader: Reader, step: Step, points: Tensor) -> Value:
    if step.name == "inputs" and step.operation is None:
        reader.inputs = points
        return Known((points,) * len(step.shapes))
    if step.tensors:
        return _held(reader, step)
    operands = refs_in((step.arguments[0], step.named[0]))
    given = [reader.values[one.place] for one in operands]
    for part, what in REFUSED:
        if part in step.name:
            raise ValueError(f"{what} ({step.name}): its limit is not read here")
    if all(isinstance(one, Known) for one in given):
        return _computed(reader, step)
    if step.name in ("zeros_like", "ones_like"):
        return Known((torch.full((1,), float(step.name == "ones_like")),) * len(step.shapes))
    if step.name in SAME_SHAPE:
        return _reshaped(reader, step, given[0])
    match step.name:
        case "mm" | "mv" | "matmul":
            return _product(reader, step, *operands)
        case "addmm" | "addmv":
            return _plus_product(reader, step, operands)
        case "mul" | "div" | "neg":
            return _times(reader, step)
        case "add" | "sub" | "rsub":
            return _sum(reader, step)
    return _elementwise(reader, step)


def _held(reader: Reader, step: Step) -> Value:
    """A parameter; or a buffer, a constant: a parameter that is not trained where its size goes with the width."""
    if step.name in reader.parameters:
        return Weight(step.name, ONE)
    if len(set(step.shapes)) == 1:
        return Known(step.tensors)
    if step.name == "constant":
        raise ValueError("a tensor that grows with the width is no parameter and no buffer: its law is not known")
    return Weight(step.name, ONE)


def _computed(reader: Reader, step: Step) -> Known:
    if step.operation is None:
        raise ValueError(f"{step.name}: no operation that is followed")

    def at(value: Any, k: int) -> Any:
        if isinstance(value, Ref):
            known = reader.values[value.place]
            assert isinstance(known, Known)  # who calls has looked
            return known.values[k]
        return [at(one, k) for one in value] if isinstance(value, tuple) else value

    values = []
    for k, (arguments, named) in enumerate(zip(step.arguments, step.named)):
        values.append(step.operation(*(at(one, k) for one in arguments), **{key: at(v, k) for key, v in named.items()}))
    return Known(tuple(values))


def _reshaped(reader: Reader, step: Step, given: Value) -> Value:
    """The same numbers in another shape; the order of points and units must stay."""
    if step.name == "detach" or isinstance(given, Known):
        raise ValueError("a detached signal: its gradient is cut, and no limit is read from it")
    (place,) = [one.place for one in step.arguments[0] if isinstance(one, Ref)]
    before, after = (
        tuple(size for size in shapes if size != 1) for shapes in (reader.steps[place].shapes[0], step.shapes[0])
    )
    if sorted(before) != sorted(after):
        raise ValueError(
            f"a signal of shape {reader.steps[place].shapes[0]} is folded into {step.shapes[0]} ({step.name})"
        )
    return given


def _fan_in(reader: Reader, step: Step, left: Ref, right: Ref) -> tuple[Weight, Signal | Known, Power]:
    """Which operand is the parameter, what it is multiplied with, and over how many units the product sums."""
    values = [reader.values[one.place] for one in (left, right)]
    weights = [one for one in values if isinstance(one, Weight)]
    others = [one for one in values if not isinstance(one, Weight)]
    if len(weights) != 1:
        what = (
            "two signals are multiplied (attention, a hypernetwork)" if not weights else "two parameters are multiplied"
        )
        raise ValueError(f"{what} in {step.name}: its limit is not read here")
    shapes = [reader.steps[one.place].shapes for one in (left, right)]
    if all(shape[-1] == reader.count for shape in shapes[0]):
        raise ValueError("the points are mixed with each other by a matrix product")
    other = others[0]
    return weights[0], other, power_of(reader, tuple(shape[-1] for shape in shapes[0]), "the number of units")


def _product(reader: Reader, step: Step, left: Ref, right: Ref) -> Signal:
    weight, other, fan_in = _fan_in(reader, step, left, right)
    if isinstance(other, Known):
        return _new(reader, weight, step, fan_in, _inputs(reader, other, weight))
    if reader.widths is not None and not fan_in.exponent > 0:
        raise ValueError(
            f"{weight.name} follows {fan_in.value:g} units whatever the width: no limit in the width alone"
        )
    return _new(reader, weight, step, fan_in, other)


def _inputs(reader: Reader, known: Known, weight: Weight) -> Inputs:
    first = known.values[0].double()
    if any(one.shape != first.shape or not torch.allclose(one.double(), first, atol=1e-5) for one in known.values[1:]):
        raise ValueError(f"what {weight.name} is applied to, fixed features of the inputs, changes with the width")
    rows = first if first.shape[0] == reader.count else first.T
    assert reader.inputs is not None  # the inputs are placeholders, before every operation
    given = reader.inputs.double()
    factor = float((rows * given).sum() / given.square().sum()) if rows.shape == given.shape else 0.0
    plain = rows.shape == given.shape and bool((rows - factor * given).abs().max() <= 1e-6 * given.abs().max())
    return Inputs(rows.numpy(), factor if plain and factor else None)


def _new(reader: Reader, weight: Weight, step: Step, fan_in: Power, given: Signal | Inputs | None) -> Signal:
    """The signal of a new source, whose parameter nobody has used before."""
    if any(source.name == weight.name for source in reader.sources):
        raise ValueError(f"{weight.name} is used twice: layers that share a parameter are not independent")
    entries = reader.entries(weight.name)
    mean = entries.law.mean if entries.law is not None else 0.0
    if given is not None and abs(mean) > 1e-9:
        raise ValueError(f"{weight.name} starts at a mean of {mean:.6g}: weights of mean 0 wanted")
    source = Source(weight.name, entries, weight.scale, weight.name in reader.trained, fan_in, given)
    reader.sources.append(source)
    return Signal((Term(ONE, IDENTITY, Field(((len(reader.sources) - 1, ONE),))),))


def _bias(reader: Reader, weight: Weight, step: Step, place: int) -> Signal:
    """A parameter that is added: one entry a unit."""
    for bias, signal in zip(reader.steps[place].shapes, step.shapes):
        units = int(np.prod([size for size in signal if size != reader.count]))
        if int(np.prod(bias)) != units:
            raise ValueError(f"{weight.name} of shape {bias} is added to {units} units: one entry for each unit wanted")
    return _new(reader, weight, step, ONE, None)


def _plus_product(reader: Reader, step: Step, operands: list[Ref]) -> Signal:
    bias, left, right = operands
    product = _product(reader, step, left, right)
    factors = [power_of(reader, tuple(named.get(key, 1.0) for named in step.named), key) for key in ("alpha", "beta")]
    added_to = reader.values[bias.place]
    if isinstance(added_to, Known):
        raise ValueError(f"{step.name} adds a constant: a parameter wanted")
    other = _bias(reader, added_to, step, bias.place) if isinstance(added_to, Weight) else added_to
    return _combined(product, factors[0], other, factors[1])


def _combined(left: Signal, a: Power, right: Signal, b: Power) -> Signal:
    parts: dict[int, list[Power]] = {}
    for signal, factor in ((left, a), (right, b)):
        for source, one in signal.linear.parts:
            parts.setdefault(source, []).append(factor * one)
    linear = tuple((source, one) for source, factors in sorted(parts.items()) for one in added(factors))
    if len({source for source, _ in linear}) < len(linear):
        raise ValueError("a signal is added to itself with factors that are different powers of the width")
    acts = [
        replace(act, factor=factor * act.factor) for signal, factor in ((left, a), (right, b)) for act in signal.acts
    ]
    return signal_of(Field(linear), tuple(act for act in acts if act.factor.value))


def _scaled(value: Signal | Weight, factor: Power) -> Signal | Weight:
    if isinstance(value, Weight):
        return replace(value, scale=factor * value.scale)
    acts = tuple(replace(act, factor=factor * act.factor) for act in value.acts)
    return signal_of(value.linear.scaled(factor), acts if factor.value else ())


def _times(reader: Reader, step: Step) -> Value:
    """A factor; else an elementwise function."""
    arguments = step.arguments[0]
    if step.name == "neg":
        one = reader.values[arguments[0].place]
        assert not isinstance(one, Known)
        return _scaled(one, Power(-1.0))
    for place, other in ((1, 0), (0, 1)):
        value = reader.values.get(arguments[other].place) if isinstance(arguments[other], Ref) else None
        if value is None or isinstance(value, Known) or (step.name == "div" and place == 0):
            continue
        factor = number_in(reader, step, place, f"a factor in {step.name}")
        if factor is not None and len(arguments) == 2 and not step.named[0]:
            if step.name == "div" and not factor.value:
                raise ValueError("a division by zero")
            return _scaled(value, Power(1 / factor.value, -factor.exponent) if step.name == "div" else factor)
    return _elementwise(reader, step)


def _sum(reader: Reader, step: Step) -> Value:
    """A sum of two signals, or of a signal and a parameter; else an elementwise function."""
    refs = [one for one in step.arguments[0] if isinstance(one, Ref)]
    values = [reader.values[one.place] for one in refs]
    number = number_in(reader, step, 1, "a number") if len(step.arguments[0]) > 1 else None
    if number is not None and not number.value and step.name != "rsub":
        return values[0]
    if len(values) < 2 or any(isinstance(one, Known) for one in values):
        return _elementwise(reader, step)
    if all(isinstance(one, Weight) for one in values):
        raise ValueError("two parameters are added: such a parametrisation is not read here")
    signals = [_bias(reader, v, step, r.place) if isinstance(v, Weight) else v for v, r in zip(values, refs)]
    alpha = power_of(reader, tuple(named.get("alpha", 1.0) for named in step.named), "alpha")
    signs = {"add": (ONE, alpha), "sub": (ONE, Power(-1.0) * alpha), "rsub": (Power(-1.0) * alpha, ONE)}[step.name]
    assert isinstance(signals[0], Signal) and isinstance(signals[1], Signal)
    return _combined(signals[0], signs[0], signals[1], signs[1])


def _elementwise(reader: Reader, step: Step) -> Signal:
    """A function of one Gaussian signal, entry by entry."""
    overloads = step.operation.overloads() if hasattr(step.operation, "overloads") else []
    if not any(torch.Tag.pointwise in getattr(step.operation, one).tags for one in overloads):
        raise ValueError(f"{step.name} of a signal: its limit is not read here")
    fields: list[Field] = []
    arguments = [_tree(reader, step, place, fields) for place in range(len(step.arguments[0]))]
    if len(set(fields)) > 1:
        raise ValueError(f"{step.name} of two different signals (a gate): its limit is not read here")
    if any(named != step.named[0] for named in step.named):
        raise ValueError(f"{step.name} changes with the width")
    named = tuple((key, one) for key, one in step.named[0].items() if one is not None)
    if any(isinstance(one, Ref) for _, one in named):
        raise ValueError(f"{step.name} of a signal: its limit is not read here")
    return signal_of(Field(()), (Term(ONE, Elementwise(step.operation, tuple(arguments), named), fields[0]),))


def _tree(reader: Reader, step: Step, place: int, fields: list[Field]) -> Any:
    """An argument of an elementwise function as a tree in u, the one field that it is a function of."""
    one = step.arguments[0][place]
    value = reader.values[one.place] if isinstance(one, Ref) else None
    if isinstance(value, Weight):
        raise ValueError(f"{value.name} goes into {step.name} with a signal, entry by entry: not read here")
    if isinstance(value, Signal):
        tree, of = _as_function(value, step)
        fields.append(of)
        return tree
    number = number_in(reader, step, place, f"a number in {step.name}")
    if number is None:
        if isinstance(one, Ref):
            raise ValueError(f"{step.name} of a signal and of fixed features, entry by entry: not read here")
        return one
    if number.exponent:
        raise ValueError(f"{step.name} changes with the width: {number}")
    return int(number.value) if number.value == int(number.value) else number.value


def _as_function(value: Signal, step: Step) -> tuple[Elementwise, Field]:
    """The signal as a function of one field, (tree, field)."""
    if not value.acts:
        return IDENTITY, value.linear
    of = value.acts[0].field
    if value.linear.parts and value.linear != of or any(act.field != of for act in value.acts):
        raise ValueError(
            f"{step.name} of a sum that is not Gaussian (a nonlinearity after a skip over one): not read here"
        )
    aten = torch.ops.aten
    trees = [IDENTITY] if value.linear.parts else []
    for act in value.acts:
        if act.factor.exponent:
            raise ValueError(f"{step.name} of a signal that goes with the width as {act.factor}")
        factor = act.factor.value
        trees.append(act.function if factor == 1 else Elementwise(aten.mul, (act.function, factor)))
    total = trees[0]
    for one in trees[1:]:
        total = Elementwise(aten.add, (total, one))
    return total, of
