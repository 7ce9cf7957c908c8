"""The lecture's formulas that need no network; its representer formula is in `simon`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

from flint import arb

from theory.numbers.balls import ball
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import OWN, SEEDS, Claim, Context, Corrected, Finding, Procedure, Said, Source

TANGENT = "NTK(depth=2)"


def lecture(place: str) -> Source:
    """A slide of the lecture."""
    return Source(SEEDS[0], 2021, place)


Component = Callable[[Fraction, Fraction], arb]
TRIED = ((Fraction(1, 2), Fraction(0)), (Fraction(1, 2), Fraction(1)), (Fraction(1), Fraction(3)))  # (lambda, t)


def printed_component(rate: Fraction, time: Fraction) -> arb:
    """-e^{Lambda t}, as printed."""
    return -ball(rate * time).exp()


def right_component(rate: Fraction, time: Fraction) -> arb:
    """-e^{-Lambda t}."""
    return -(-ball(rate * time)).exp()


def flow_component(rate: Fraction, time: Fraction) -> arb:
    """q'(f - Y)/q'Y under r' = -lambda r, r(0) = -1: between explicit and implicit Euler steps."""
    x, n = rate * time, 2**20
    return -(ball(1 - Fraction(x, n)) ** n).union(1 / ball(1 + Fraction(x, n)) ** n)


def flow_decay(context: Context, printed: Component = printed_component) -> Finding:
    """The printed factor of q'Y in q'(f - Y), f(0) = 0, with the limit of Euler steps, enclosed from both sides."""
    compared = "printed factor of q'Y with the enclosed gradient flow of q'(f - Y)"
    routes = ("formula", "explicit and implicit Euler")
    for rate, time in TRIED:
        left, right = printed(rate, time), flow_component(rate, time)
        if not left.overlaps(right):
            sides = {"left": left.str(5, radius=False), "right": right.str(5, radius=False)}
            why = f"at lambda t = {rate * time} printed {sides['left']}, the flow gives {sides['right']}"
            instead = (Corrected("the factor is -exp(-lambda t)", flow_decay(context, right_component)),)
            return Finding(
                Truth.FAILS,
                Evidence.CERTIFIED,
                compared,
                why,
                routes,
                {"lambda t": str(rate * time), **sides},
                corrected=instead,
            )
    return Finding(Truth.HOLDS, Evidence.CHECKED, compared, "they overlap", routes, scope="lambda t = 0, 1/2, 3")


Vector = tuple[Fraction, ...]
ROTATION = ((Fraction(3, 5), Fraction(4, 5)), (Fraction(-4, 5), Fraction(3, 5)))  # rows: eigenvectors
RATES = (Fraction(3), Fraction(1, 2))


def _inner(left: Vector, right: Vector) -> Fraction:
    return sum((x * y for x, y in zip(left, right, strict=True)), start=Fraction(0))


def _product(*matrices: tuple[Vector, ...]) -> tuple[Vector, ...]:
    first, *others = matrices
    for other in others:
        columns = list(zip(*other, strict=True))
        first = tuple(tuple(_inner(r, c) for c in columns) for r in first)
    return first


def _transposed(matrix: tuple[Vector, ...]) -> tuple[Vector, ...]:
    return tuple(zip(*matrix, strict=True))


Matrix = tuple[Vector, ...]


def printed_factors(q: Matrix, diagonal: Matrix) -> Matrix:
    """Q' Lambda Q, as printed."""
    return _product(_transposed(q), diagonal, q)


def kernel_of(q: Matrix) -> Matrix:
    """sum_i lambda_i q_i q_i', q_i the rows of Q; ArithmeticError where they are no eigenvectors."""
    pairs = list(zip(RATES, q, strict=True))
    kernel = tuple(
        tuple(sum((r * v[i] * v[j] for r, v in pairs), start=Fraction(0)) for j in range(2)) for i in range(2)
    )
    for rate, v in pairs:
        if _product(kernel, _transposed((v,))) != _transposed((tuple(rate * x for x in v),)):
            raise ArithmeticError("the rows of Q are no eigenvectors")
    return kernel


DIAGONAL = ((RATES[0], Fraction(0)), (Fraction(0), RATES[1]))


def _equal(said: Matrix, right: Matrix, compared: str, routes: tuple[str, ...]) -> Finding:
    if said == right:
        return Finding(Truth.HOLDS, Evidence.CERTIFIED, compared, "equal", routes, scope="one 2 x 2 matrix")
    shown = {side: ", ".join(str(x) for row in m for x in row) for side, m in (("left", said), ("right", right))}
    why = f"printed {shown['left']}, it is {shown['right']}"
    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, shown)


def eigendecomposition(context: Context, printed: Callable[[Matrix, Matrix], Matrix] = printed_factors) -> Finding:
    """The printed product with the matrix sum_i lambda_i q_i q_i', q_i the rows of a rational Q."""
    return _equal(
        printed(ROTATION, DIAGONAL),
        kernel_of(ROTATION),
        "printed product with sum_i lambda_i q_i q_i', in rational arithmetic",
        ("matrix product", "sum of projections"),
    )


def printed_projection(q: Matrix) -> Matrix:
    """Q', as printed."""
    return _transposed(q)


def projection(context: Context, printed: Callable[[Matrix], Matrix] = printed_projection) -> Finding:
    """P K = Lambda P for the printed P, K = Q' Lambda Q: each entry of P r then decays by itself under r' = -K r."""
    said = printed(ROTATION)
    found = _equal(
        _product(said, kernel_of(ROTATION)),
        _product(DIAGONAL, said),
        "P K with Lambda P for the printed P, in rational arithmetic",
        ("P K", "Lambda P"),
    )
    if found.truth is Truth.HOLDS:
        return found
    right = Corrected("Q (f - Y), with the eigenvectors as rows of Q", projection(context, lambda q: q))
    return replace(found, corrected=(right,))


PARAMETERS = (Fraction(2, 3), Fraction(-1, 2), Fraction(3, 4), Fraction(1, 5))
INPUTS, LABELS = (Fraction(1), Fraction(-2, 3), Fraction(1, 2)), (Fraction(1), Fraction(0), Fraction(-1))


def network(x: Fraction, p: Vector) -> Fraction:
    """p0 (p1 x)^2 + p2 (p3 x + p1)^3: smooth, two hidden units, a shared weight."""
    return p[0] * (p[1] * x) ** 2 + p[2] * (p[3] * x + p[1]) ** 3


def gradient(x: Fraction, p: Vector) -> Vector:
    """df/dp."""
    u, v = p[1] * x, p[3] * x + p[1]
    return u**2, 2 * p[0] * u * x + 3 * p[2] * v**2, v**3, 3 * p[2] * v**2 * x


def printed_tangent(x: Fraction, other: Fraction, p: Vector) -> Fraction:
    """<df(x)/dp, df(x')/dp>."""
    return _inner(gradient(x, p), gradient(other, p))


Tangent = Callable[[Fraction, Fraction, Vector], Fraction]  # of x, x' and the parameters


def tangent_definition(context: Context, printed: Tangent = printed_tangent) -> Finding:
    """One step of size h changes f by -h K r to first order: f is a polynomial in h, its h-coefficient exact.

    The coefficient is read off exact values at h = 0, ..., 4 (f has degree at most 4 in h) by differences.
    """
    compared = "printed kernel with the first-order change of the outputs in a gradient step"
    routes = ("inner products of gradients", "exact interpolation of f in the step")
    residuals = [network(x, PARAMETERS) - y for x, y in zip(INPUTS, LABELS, strict=True)]
    slopes = [gradient(x, PARAMETERS) for x in INPUTS]
    descent = [sum(r * s[i] for r, s in zip(residuals, slopes, strict=True)) for i in range(4)]
    for x in (*INPUTS, Fraction(5, 3)):
        values = [network(x, tuple(p - h * g for p, g in zip(PARAMETERS, descent, strict=True))) for h in range(5)]
        change = _slope_at_zero(values)
        said = -sum(printed(x, z, PARAMETERS) * r for z, r in zip(INPUTS, residuals, strict=True))
        if said != change:
            shown = {"x": str(x), "left": str(said), "right": str(change)}
            return Finding(
                Truth.FAILS, Evidence.CERTIFIED, compared, f"x = {x}: {said}, the step gives {change}", routes, shown
            )
    return Finding(
        Truth.HOLDS,
        Evidence.CERTIFIED,
        compared,
        "equal rationals",
        routes,
        scope="a network with four parameters at four inputs",
    )


def _slope_at_zero(values: list[Fraction]) -> Fraction:
    """The linear coefficient of the polynomial of degree < len(values) through them: sum (-1)^(j-1) D^j/j."""
    total, row = Fraction(0), values
    for j in range(1, len(values)):
        row = [b - a for a, b in zip(row, row[1:])]
        total += Fraction((-1) ** (j - 1), j) * row[0]
    return total


# Wrong factors, by the slip; each must fail.
TWINS = {
    "lecture-decay": {
        name: partial(flow_decay, printed=wrong)
        for name, wrong in {
            "growth": lambda rate, time: ball(rate * time).exp(),
            "rate doubled": lambda rate, time: -(-2 * ball(rate * time)).exp(),
            "eigenvalue lost": lambda rate, time: -(-ball(time)).exp(),
            "first order": lambda rate, time: ball(rate * time) - 1,
            "sign": lambda rate, time: (-ball(rate * time)).exp(),
        }.items()
    },
    "lecture-eigen": {
        name: partial(eigendecomposition, printed=wrong)
        for name, wrong in {
            "columns as eigenvectors": lambda q, diagonal: _product(q, diagonal, _transposed(q)),
            "a prime lost": lambda q, diagonal: _product(q, diagonal, q),
            "factor 2": lambda q, l: tuple(tuple(2 * x for x in row) for row in printed_factors(q, l)),
            "eigenvalues exchanged": lambda q, l: printed_factors(q, tuple(row[::-1] for row in l[::-1])),
            "Lambda alone": lambda q, diagonal: diagonal,
        }.items()
    },
    "lecture-projection": {
        name: partial(projection, printed=wrong)
        for name, wrong in {
            "no projection": lambda q: ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))),
            "eigenvectors exchanged": lambda q: q[::-1],
            "twice": lambda q: _product(q, q),
        }.items()
    },
    "lecture-ntk": {
        name: partial(tangent_definition, printed=wrong)
        for name, wrong in {
            "factor 2": lambda x, z, p: 2 * printed_tangent(x, z, p),
            "the d missing, read as f": lambda x, z, p: network(x, p) * sum(gradient(z, p)),
            "one parameter left out": lambda x, z, p: printed_tangent(x, z, p) - gradient(x, p)[0] * gradient(z, p)[0],
            "gradients not squared": lambda x, z, p: sum(gradient(x, p), start=Fraction(0)),
        }.items()
    },
}

CLAIMS = (
    Claim(
        "lecture-decay",
        lecture("slide 'Spectral bias'"),
        "seed",
        r"Q^\top (f - Y) = -e^{\Lambda t} Q^\top Y, \ f = 0 \text{ at } t = 0",
        procedure=Procedure(flow_decay, TWINS["lecture-decay"]),
        note="The sign of the exponent; at t = 0 both agree. The next display has the exponent right and a minus lost.",
    ),
    Claim(
        "lecture-ntk",
        lecture("slide 'Understanding the training dynamics of deep neural networks'"),
        "seed",
        r"k(x, x') = \langle \partial f(x)/\partial\theta, \partial f(x')/\partial\theta \rangle",
        procedure=Procedure(tangent_definition, TWINS["lecture-ntk"]),
        note="Printed with one d missing; decided as meant: this kernel carries one gradient step of the outputs.",
    ),
    Claim(
        "lecture-eigen",
        lecture("slide 'Spectral bias'"),
        "seed",
        r"K = Q^\top \Lambda Q",
        procedure=Procedure(eigendecomposition, TWINS["lecture-eigen"]),
        note="The rows of Q are then the eigenvectors.",
    ),
    Claim(
        "lecture-projection",
        lecture("slide 'Spectral bias'"),
        "seed",
        r"\text{with } K = Q^\top \Lambda Q, \text{ the entries of } Q^\top (f - Y) "
        r"\text{ are the parts along the eigenvectors}",
        procedure=Procedure(projection, TWINS["lecture-projection"]),
        note="With this K it is Q (f - Y); the source, Tancik et al. 2020, eq. 4, has K = Q Lambda Q' and so Q'.",
    ),
    Claim(
        "lecture-rates",
        lecture("slide 'Spectral bias', conclusion"),
        "seed",
        r"\text{larger eigenvalue, faster; higher frequency, smaller eigenvalue}",
        (
            Said("mu(0) > mu(1)", TANGENT),
            Said("mu(1) > mu(2)", TANGENT),
            Said("mu(k) > mu(k+2)", TANGENT, ("k even",)),
            Said("mu(k) = Theta(k**(-d-1)) as k -> oo", TANGENT, ("k even",)),
        ),
        note="For the two-layer kernel on the sphere, where the degree is the frequency.",
    ),
    Claim(
        "ntk-sobolev",
        Source(OWN, 2026, "after Bietti and Bach 2021, and Chen and Xu 2021"),
        "own",
        r"\text{the space of the NTK is the Sobolev space of order } (d+1)/2",
        (Said("mu(k) = Theta((1+k*(k+d-1))**(-(d+1)/2)) as k -> oo", "NTK(depth=2, bias=True)"),),
        note="With bias.",
    ),
)
