"""Hypothesis strategies of well-formed statements: expressions of the grammar, relations, ranges."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from theory.language.statement import Statement, parse_statement

CLOSED = ["NTK(depth=2)", "ArcCosine(order=0)", "ArcCosine(order=1)", "NTK(depth=2, layer_scales=(1/2, 1))"]
OTHERS = [
    "NTK(depth=3)",
    "Laplace(rate=1)",
    "Gaussian(rate=2)",
    "2 * NTK(depth=2)",
    "ArcCosine(order=2)",
    "NTK(depth=2) + ArcCosine(order=0)",
    "NTK(depth=2, bias=True)",
    "PowerSeries((1, 0, 1/2))",
    "1/2 * NNGP(depth=3)",
]
NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Draft:
    """A statement before it is parsed."""

    left: str
    relation: str
    right: str
    kernel: str
    where: tuple[str, ...] = ()
    limit: str = ""

    @property
    def says(self) -> str:
        """The text."""
        if self.relation in ("O", "Omega", "Theta", "o"):
            return f"{self.left} = {self.relation}({self.right}) {self.limit}"
        return f"{self.left} {self.relation} {self.right} {self.limit}".strip()

    def parsed(self) -> Statement:
        """The statement; raises ExpressionError where a condition names no variable."""
        return parse_statement(self.says, self.kernel, self.where)

    def with_(self, **changes: object) -> Draft:
        """The same draft but for some parts."""
        return replace(self, **changes)


def numbers() -> st.SearchStrategy[str]:
    return st.sampled_from(["0", "1", "2", "3", "1/2", "-1", "0.25", "pi", "E", "10**-6"])


def indices(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, f"{name}+1", f"{name}+2", f"2*{name}", "0", "2", "3"])


def leaves(name: str = "k", with_t: bool = False) -> st.SearchStrategy[str]:
    """Atoms in one integer variable and d, or in t alone."""
    if with_t:
        return st.one_of(numbers(), st.sampled_from(["t", "kappa(t)", "kappa(1)", "acos(t)", "sqrt(1-t**2)", "1+t"]))
    indexed = st.tuples(st.sampled_from(["mu({})", "b({})", "N(d, {})", "mu({}, d+2)", "factorial({})"]), indices(name))
    return st.one_of(
        numbers(),
        st.sampled_from([name, "d", f"{name}+1", f"2**{name}", f"{name}**2", f"({name}+1)**(-d)"]),
        indexed.map(lambda pair: pair[0].format(pair[1])),
    )


def expressions(name: str = "k", with_t: bool = False) -> st.SearchStrategy[str]:
    return st.recursive(
        leaves(name, with_t),
        lambda inner: st.tuples(
            st.sampled_from(["({} + {})", "({} - {})", "({})*({})", "({})/({})"]), inner, inner
        ).map(lambda parts: parts[0].format(*parts[1:])),
        max_leaves=3,
    )


def ranges(name: str = "k") -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from(
        [(), (f"{name} even",), (f"{name} odd", f"{name} >= 3"), (f"{name} >= 2",), (f"{name} <= 3",), (f"{name} = 2",)]
    )


@st.composite
def comparisons(draw: st.DrawFn, kernels: list[str] = CLOSED + OTHERS) -> Draft:
    """left relation right for all values of k and d, or of t."""
    with_t = draw(st.integers(0, 4)) == 0
    sides = expressions("k", with_t)
    left, right = draw(sides), draw(sides)
    kernel, relation = draw(st.sampled_from(kernels)), draw(st.sampled_from(list(NEGATED)))
    where = draw(ranges()) if not with_t and "k" in f"{left} {right}".replace("kappa", "") else ()
    return Draft(left, relation, right, kernel, where)


@st.composite
def growths(draw: st.DrawFn, kernels: list[str] = CLOSED + OTHERS) -> Draft:
    """left = O(right) and its kin as k -> oo or d -> oo."""
    variable = draw(st.sampled_from(["k", "d"]))
    order = {
        "k": ["k**(-d-1)", "k**(-d-3)", "1", "k**2", "2**k", "k**(-d-5)"],
        "d": ["d**(-k)", "d**(-2)", "1", "d", "d**(-k-1)"],
    }[variable]
    left = draw(
        st.one_of(expressions("k"), st.sampled_from(["mu(k)", "N(d, k)*mu(k)", "mu(k)/mu(k+2)", "mu(k) - mu(k+1)"]))
    )
    right = draw(st.one_of(st.sampled_from(order), leaves("k")))
    relation = draw(st.sampled_from(["O", "Omega", "Theta", "o", "~"]))
    where = draw(st.sampled_from([(), ("k even",), ("k odd",)])) if variable == "k" else ()
    return Draft(left, relation, right, draw(st.sampled_from(kernels)), where, f"as {variable} -> oo")
