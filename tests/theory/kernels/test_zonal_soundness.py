"""A random expression is integrated rightly or refused: never a wrong digit."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import erf

from tests.examples import FACTOR
from theory.kernels import Zonal
from theory.numbers.balls import NotCertified
from theory.spectra.spectrum import spectrum
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.expressions import ARITHMETIC, Inner, Node, Operation, fold

LEAVES = st.sampled_from(["t", "theta", "pi", "2", "1/3", "(1-t)", "(1+t)", "(1-t**2)", "cos(theta)", "sin(theta)"])
FUNCTIONS = st.sampled_from(["sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "acos", "asin", "atan", "erf"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("{}*{}".format, inner, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds("({})**({})".format, inner, st.sampled_from(["2", "3", "1/2", "3/2", "1/3", "-1", "-1/4"])),
        st.builds("{}({})".format, FUNCTIONS, inner),
    ),
    max_leaves=5,
)
NUMPY = {"acos": np.arccos, "asin": np.arcsin, "atan": np.arctan, "erf": erf}


def in_floats(tree: Node, theta: np.ndarray) -> np.ndarray:
    """The expression on an array of angles; NaN where it is not real."""
    symbols = {"t": np.cos(theta), "theta": theta, "pi": np.full_like(theta, pi)}

    def inner(node: Inner, values: Sequence[np.ndarray]) -> np.ndarray:
        if isinstance(node, Operation):
            return ARITHMETIC[node.op](*values)
        return NUMPY.get(node.name, getattr(np, node.name, None))(values[0])

    return fold(tree, lambda value: np.full_like(theta, float(value)), symbols.__getitem__, inner)


def float_eigenvalues(kernel: Zonal, dim: int, top: int) -> np.ndarray | None:
    """Midpoint rule with theta = pi (3u^2 - 2u^3); None where rounding at an end makes it infinite."""
    u = (np.arange(20_000) + 0.5) / 20_000
    theta, jacobian = pi * u * u * (3 - 2 * u), 6 * pi * u * (1 - u) / 20_000
    with np.errstate(all="ignore"):
        values = in_floats(kernel.tree, theta)
    assert np.mean(np.isnan(values)) < 0.01, "not a real function on [0, pi], yet certified"
    if not np.all(np.isfinite(values)):
        return None
    weight = values * np.sin(theta) ** (dim - 1) * jacobian
    scale = np.sum(np.sin(theta) ** (dim - 1) * jacobian)
    t = np.cos(theta)
    polynomials = [np.ones_like(t), t]
    for k in range(1, top):
        polynomials.append(((2 * k + dim - 1) * t * polynomials[k] - k * polynomials[k - 1]) / (k + dim - 1))
    return np.array([np.sum(weight * p) / scale for p in polynomials[: top + 1]])


@given(text=EXPRESSIONS, dim=st.sampled_from([1, 2, 5]))
@settings(max_examples=10 * FACTOR, deadline=None)
@example(text="acos(1 - (1-t)**2/2)", dim=2)
@example(text="sqrt((1-t)*(1+t)**2)", dim=2)
@example(text="(1-t)**(1/3)*(1+t)**(1/4)", dim=1)
@example(text="acos((t+t**3)/2)", dim=2)
@example(text="asin(sin(theta))", dim=2)
@example(text="sqrt(cos(theta)**2)", dim=2)
@example(text="atan(tan(theta))", dim=2)
@example(text="log((1-t)**2)", dim=2)
@example(text="acos(cos(2*theta))", dim=2)
@example(text="((1-t)**(3/2))**(1/3)", dim=2)
@example(text="1/(1 - t + 1/3)", dim=1)
def test_a_random_expression_is_right_or_refused(text: str, dim: int) -> None:
    try:
        kernel = Zonal(text)
        found = spectrum(kernel, dim, range(3), 8).eigenvalues
    except (ExpressionError, NotCertified, ValueError):
        return
    floats = float_eigenvalues(kernel, dim, 2)
    if floats is None:
        return  # an integrable singularity at an end
    size = max(1.0, float(np.max(np.abs(floats))))
    for value, approximate in zip(found, floats, strict=True):
        assert abs(float(value.enclosure.ball().mid()) - approximate) < 1e-5 * size, text
