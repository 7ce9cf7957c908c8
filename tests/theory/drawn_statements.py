"""Hypothesis strategies of statements that look for weak places: all relations, kernels, functions and ranges."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.theory.statement_strategies import NEGATED, Draft

FORMULAS = [
    "NTK(depth=2)",
    "ArcCosine(order=0)",
    "ArcCosine(order=1)",
    "ArcCosine(order=2)",
    "NTK(depth=2, layer_scales=(1/2, 1))",
    "NTK(depth=2, bias=True)",
    "NNGP(depth=2)",
    "NTK(depth=1)",
    "Gaussian(rate=2)",
    "PowerSeries((1, 0, 1/2))",
    "PowerSeries((0, 1, 0, 1/3))",
    "2 * NTK(depth=2)",
    "NTK(depth=2) + ArcCosine(order=0)",
    "NTK(depth=2, weight_variance=2)",
    'Dual("relu")',
    'Dual("abs")',
    'Dual("step")',
    'DualTangent("relu")',
    'Dual("leaky_relu", slope=1/10)',
]
LAWS = [
    "NTK(depth=3)",
    "NNGP(depth=3)",
    "1/2 * NNGP(depth=3)",
    "NTK(depth=4)",
    "NTK(depth=2, bias_variance=1/10)",
    "Laplace(rate=1)",
    "Matern(nu=3/2, lengthscale=1)",
    "Matern(nu=1, lengthscale=1)",
    "Matern(nu=1, lengthscale=1) + Matern(nu=3/2, lengthscale=1)",
    "ExponentialPower(rate=1, power=3/2)",
    "ExponentialPower(rate=1, power=2)",
    'Dual("erf")',
    'Dual("sin")',
    'Dual("exp")',
    'DualTangent("gelu")',
    'DualTangent("erf")',
    'Zonal("exp(t)")',
    'Zonal("1/(1-t)")',
    'Zonal("(1-t)**(1/3)")',
    'Zonal("sqrt(1-t**2)")',
    "Compose(ArcCosine(order=0), PowerSeries((-1, 0, 2)))",
    "Compose(NNGP(depth=2), NNGP(depth=2))",
    "Compose(Gaussian(rate=1), 1/2 * NTK(depth=2))",
    "NNGP(depth=2) * Laplace(rate=1)",
    "PowerSeries((1, 2)) * ArcCosine(order=0)",
]
FAMILIES = [
    "NTK(depth=L)",
    "NNGP(depth=L)",
    "1/L * NTK(depth=L)",
    "Gaussian(rate=L)",
    "NTK(depth=L, bias=True)",
    "ArcCosine(order=L)",
]
GROWTHS = ("O", "Omega", "Theta", "o", "~")


def numbers() -> st.SearchStrategy[str]:
    """Constants, small ones by far the most often."""
    return st.sampled_from(["0", "1", "2", "3", "1/2", "-1", "0.25", "pi", "E", "7", "20", "1/10", "-2"])


def indices(name: str, other: str = "d") -> st.SearchStrategy[str]:
    """Indices, nested ones too; some are no integers, or negative, for some values."""
    return st.sampled_from(
        [
            name,
            name,
            name,
            f"{name}+1",
            f"{name}+2",
            f"2*{name}",
            f"2*{name}+1",
            "0",
            "1",
            "2",
            "3",
            f"{name}-1",
            f"{name}**2",
            f"{name}/2",
            f"{name}+{other}",
            f"N(1, {name})",
            f"2*cos(0)*{name}",
            f"factorial(2)*{name}",
            f"{other}",
        ]
    )


def atoms(name: str, kernel: bool) -> st.SearchStrategy[str]:
    """Expressions without an operation at their root."""
    other = "d" if name != "d" else "k"
    plain = st.sampled_from(
        [
            name,
            name,
            other,
            f"{name}+1",
            f"{name}-1",
            f"{name}-7",
            f"{name}**2",
            f"2**{name}",
            f"({name}+1)**(-{other})",
            f"{name}**(1/2)",
            f"sqrt({name}**2-2*{name}*{other}+{other}**2)",
            f"(-1)**{name}",
            f"{name}**pi",
            f"exp(-{name})",
            f"log({name}+1)",
            f"sin({name})",
            f"cos(pi*{name})",
            f"factorial({name})",
            f"Gamma({name}/2)",
            f"1/Gamma(3-{name})",
            f"binomial(3, {name})",
            f"binomial({name}+2, 2)",
            f"N({other}, {name})" if other == "d" else f"N({name}, {other})",
            f"acos(1/({name}+1))",
            f"asin(1/({name}+2))",
            f"{name}**{other}",
            f"({name}-{other})",
            f"({name}-300)",
        ]
    )
    if not kernel:
        return st.one_of(numbers(), plain)
    of_kernel = st.tuples(
        st.sampled_from(
            ["mu({})", "mu({})", "mu({})", "mu({}, 2)", "mu({}, d+2)", "b({})", "a({})", "N(d, {})*mu({})"]
        ),
        indices(name, other),
    ).map(lambda pair: pair[0].format(pair[1], pair[1]))
    values = st.sampled_from(["kappa(1)", "kappa(0)", "kappa(-1)", f"kappa(1/({name}+1))"])
    return st.one_of(numbers(), plain, of_kernel, of_kernel, values)


def in_t(kernel: bool) -> st.SearchStrategy[str]:
    """Atoms in t."""
    found = [
        "t",
        "1+t",
        "1-t",
        "t**2",
        "t**2-1/2",
        "t-1/3",
        "acos(t)",
        "asin(t)",
        "sqrt(1-t**2)",
        "exp(t)",
        "log(2+t)",
        "(1-t)**(3/2)",
    ]
    return st.one_of(
        numbers(),
        st.sampled_from([*found, *(["kappa(t)"] * 5 + ["kappa(t**2)", "kappa(-t)", "kappa(1)"] if kernel else [])]),
    )


def compound(leaves: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    """Sums, products, quotients, roots and squares of atoms."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["({} + {})", "({} - {})", "({})*({})", "({})/({})"]), inner, inner).map(
                lambda parts: parts[0].format(*parts[1:])
            ),
            st.tuples(st.sampled_from(["sqrt({})", "({})**2", "({})**(-1)", "-({})", "({})**(1/2)"]), inner).map(
                lambda parts: parts[0].format(parts[1])
            ),
        ),
        max_leaves=most,
    )


@st.composite
def conditions(draw: st.DrawFn, text: str, limit: str | None) -> tuple[str, ...]:
    """Ranges of the variables that occur; the limit variable is not bounded from above."""
    found = []
    for name in ("k", "n", "d", "L"):
        if name not in text:
            continue
        choices = [(), (), (), (f"{name} even",), (f"{name} odd",), (f"{name} >= 2",), (f"{name} >= 3", f"{name} odd")]
        if name != limit:
            choices += [(f"{name} = 2",), (f"{name} = 5",), (f"{name} <= 4",), (f"{name} <= 40",), (f"{name} = 9",)]
        found += draw(st.sampled_from(choices))
    return tuple(found)


def _named(text: str) -> str:
    """The text without the names of functions, in which letters are variables."""
    for word in (
        "kappa",
        "sqrt",
        "acos",
        "asin",
        "cos",
        "sin",
        "log",
        "exp",
        "binomial",
        "factorial",
        "Gamma",
        "depth",
    ):
        text = text.replace(word, "")
    return text.replace("mu(", "d(").replace("a(", "d(") if "mu(" in text or "a(" in text else text


@st.composite
def drawn(draw: st.DrawFn) -> Draft:
    """Any statement: a comparison, in t too, an order of growth in k, n, d or near a point, or uniformly."""
    kernel = draw(st.sampled_from([None, *FORMULAS, *FORMULAS, *LAWS]))
    kind = draw(
        st.sampled_from(["comparison", "comparison", "t", "growth", "growth", "growth", "point", "uniform", "family"])
    )
    if kind == "family":
        return draw(_of_family())
    if kind in ("t", "point"):
        leaves = in_t(kernel is not None)
        name, most = "k", 2 if kind == "point" else 3
    else:
        name = draw(st.sampled_from(["k", "k", "k", "d", "n"]))
        leaves, most = atoms(name, kernel is not None), 3
    left, right = draw(compound(leaves, most)), draw(compound(leaves, 2))
    if kind in ("comparison", "t"):
        relation, limit = draw(st.sampled_from(list(NEGATED))), ""
    elif kind == "uniform":
        relation, limit = draw(st.sampled_from(GROWTHS[:3])), "uniformly"
    else:
        relation = draw(st.sampled_from(GROWTHS))
        limit = f"as {name} -> oo" if kind == "growth" else f"as t -> {draw(st.sampled_from(['1', '-1', '0']))}"
    if kind == "growth" and draw(st.booleans()):
        left = (
            draw(st.sampled_from([f"mu({name})", f"N(d, {name})*mu({name})", f"b({name})", f"1/mu({name})"]))
            if kernel
            else left
        )
        right = draw(
            st.sampled_from(
                [f"{name}**(-d-1)", f"{name}**(-d-3)", f"{name}**(-d)", "1", f"{name}**(-2)", f"d**(-{name})"]
            )
        )
    where = draw(conditions(_named(f"{left} {right}"), name if kind == "growth" else None))
    return Draft(left, relation, right, kernel, where, limit)


@st.composite
def _of_family(draw: st.DrawFn) -> Draft:
    kernel = draw(st.sampled_from(FAMILIES))
    side = compound(st.one_of(atoms("k", True), st.sampled_from(["L", "kappa(1)", "L+1", "1/L", "mu(2)", "mu(k)"])), 2)
    growth = draw(st.booleans())
    limit = draw(st.sampled_from(["as k -> oo", "as d -> oo"])) if growth else ""
    relation = draw(st.sampled_from(GROWTHS if growth else list(NEGATED)))
    left, right = draw(side), draw(side)
    most = draw(st.sampled_from([(), ("L = 2",), ("L <= 3",), ("L >= 2",), ("L <= 100",)]))
    where = draw(conditions(_named(f"{left} {right}").replace("L", ""), limit[3:4] or None))
    return Draft(left, relation, right, kernel, (*where, *most), limit)
