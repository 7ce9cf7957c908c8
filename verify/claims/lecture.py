"""The lecture's formulas that need no network; its representer formula is in `simon`."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from theory.precision import ball
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Said, Source
from verify.claims.points import Formula

LECTURE = Source("Lecture on spectral bias", 2021)
TANGENT, BIASED = "NTK(depth=2)", "NTK(depth=2, bias=True)"


def printed_residual(rate: Fraction, time: Fraction) -> Fraction | object:
    """-e^{+Lambda t}, as printed."""
    return -(ball(rate * time)).exp()


def flow_decay(context: Context, printed: Formula = printed_residual) -> Finding:
    """The printed residual with the limit of Euler steps (1 - lambda t/n)^n, enclosed from both sides."""

    def flow(rate: Fraction, time: Fraction):
        x, n = rate * time, 2**20
        lower, upper = ball(1 - Fraction(x, n)) ** n, 1 / ball(1 + Fraction(x, n)) ** n
        return lower.union(upper)

    for rate, time in ((Fraction(1, 2), Fraction(0)), (Fraction(1, 2), Fraction(1)), (Fraction(1), Fraction(3))):
        left, right = printed(rate, time), flow(rate, time)
        if not left.overlaps(right):
            shown = {"lambda": str(rate), "t": str(time), "left": str(left.mid()), "right": str(right.mid())}
            corrected = (-ball(rate * time)).exp().overlaps(right)
            return Finding(Truth.FAILS, Evidence.CERTIFIED, "printed residual with the enclosed gradient flow",
                           f"at lambda t = {rate * time} printed {left.mid()}, flow {right.mid()}",
                           ("formula", "explicit and implicit Euler"), shown,
                           figures={"corrected": {"says": "exp(-lambda t)",
                           "verdict": str(corrected)}})  # fmt: skip
    return Finding(Truth.HOLDS, Evidence.CHECKED, "printed residual with the enclosed gradient flow",
                   "they overlap",
                   ("formula", "explicit and implicit Euler"))  # fmt: skip


Vector = tuple[Fraction, ...]
ROTATION = ((Fraction(3, 5), Fraction(4, 5)), (Fraction(-4, 5), Fraction(3, 5)))  # rows: eigenvectors
RATES = (Fraction(3), Fraction(1, 2))


def _product(*matrices: tuple[Vector, ...]) -> tuple[Vector, ...]:
    first, *others = matrices
    for other in others:
        columns = list(zip(*other, strict=True))
        first = tuple(tuple(sum(x * y for x, y in zip(r, c, strict=True)) for c in columns) for r in first)
    return first


def _transposed(matrix: tuple[Vector, ...]) -> tuple[Vector, ...]:
    return tuple(zip(*matrix, strict=True))


def printed_factors(q: tuple[Vector, ...], diagonal: tuple[Vector, ...]) -> tuple[Vector, ...]:
    """Q Lambda Q, the prime lost."""
    return _product(q, diagonal, q)


def right_factors(q: tuple[Vector, ...], diagonal: tuple[Vector, ...]) -> tuple[Vector, ...]:
    """Q' Lambda Q."""
    return _product(_transposed(q), diagonal, q)


def eigendecomposition(context: Context, printed: Formula = printed_factors) -> Finding:
    """The printed product with the matrix sum_i lambda_i q_i q_i', q_i the rows of a rational Q.

    That matrix has the eigenvectors q_i by construction: K q_i = lambda_i q_i is checked too.
    """
    compared = "printed product with sum_i lambda_i q_i q_i', in rational arithmetic"
    routes = ("matrix product", "sum of projections")
    diagonal = ((RATES[0], Fraction(0)), (Fraction(0), RATES[1]))
    pairs = list(zip(RATES, ROTATION, strict=True))
    kernel = tuple(tuple(sum(r * q[i] * q[j] for r, q in pairs) for j in range(2)) for i in range(2))
    for rate, q in pairs:
        if _product(kernel, _transposed((q,))) != _transposed((tuple(rate * x for x in q),)):
            raise ArithmeticError("the rows of Q are no eigenvectors")
    said = printed(ROTATION, diagonal)
    if said == kernel:
        return Finding(Truth.HOLDS, Evidence.CERTIFIED, compared, "equal", routes, scope="one 2 x 2 matrix")
    figures = {"corrected": {"says": "Q' Lambda Q, rows of Q the eigenvectors",
                             "verdict": "HOLDS" if right_factors(ROTATION, diagonal) == kernel else "FAILS"}}  # fmt: skip
    shown = {side: ", ".join(str(x) for row in m for x in row) for side, m in (("left", said), ("right", kernel))}
    why = f"printed {shown['left']}, K = {shown['right']}"
    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, shown, figures=figures)


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
    return sum(a * b for a, b in zip(gradient(x, p), gradient(other, p), strict=True))


def tangent_definition(context: Context, printed: Formula = printed_tangent) -> Finding:
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
            return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, f"x = {x}: {said}, the step gives {change}",
                           routes, shown)  # fmt: skip
    return Finding(Truth.HOLDS, Evidence.CERTIFIED, compared, "equal rationals", routes,
                   scope="a network with four parameters at four inputs")  # fmt: skip


def _slope_at_zero(values: list[Fraction]) -> Fraction:
    """The linear coefficient of the polynomial of degree < len(values) through them: sum (-1)^(j-1) D^j/j."""
    total, row = Fraction(0), values
    for j in range(1, len(values)):
        row = [b - a for a, b in zip(row, row[1:])]
        total += Fraction((-1) ** (j - 1), j) * row[0]
    return total


# Wrong residuals, by the slip; each must fail.
TWINS = {
    "lecture-decay": {
        name: partial(flow_decay, printed=wrong)
        for name, wrong in {
            "growth": lambda rate, time: ball(rate * time).exp(),
            "rate doubled": lambda rate, time: (-2 * ball(rate * time)).exp(),
            "eigenvalue lost": lambda rate, time: (-ball(time)).exp(),
            "first order": lambda rate, time: 1 - ball(rate * time),
            "sign": lambda rate, time: -(-ball(rate * time)).exp(),
        }.items()
    },
    "lecture-eigen": {
        name: partial(eigendecomposition, printed=wrong)
        for name, wrong in {
            "columns as eigenvectors": lambda q, diagonal: _product(q, diagonal, _transposed(q)),
            "factor 2": lambda q, l: tuple(tuple(2 * x for x in row) for row in right_factors(q, l)),
            "eigenvalues exchanged": lambda q, l: right_factors(q, tuple(row[::-1] for row in l[::-1])),
            "Lambda alone": lambda q, diagonal: diagonal,
        }.items()
    },
    "lecture-ntk": {
        name: partial(tangent_definition, printed=wrong)
        for name, wrong in {
            "factor 2": lambda x, z, p: 2 * printed_tangent(x, z, p),
            "the d missing, read as f": lambda x, z, p: network(x, p) * sum(gradient(z, p)),
            "one parameter left out": lambda x, z, p: printed_tangent(x, z, p) - gradient(x, p)[0] * gradient(z, p)[0],
            "gradients not squared": lambda x, z, p: sum(gradient(x, p)),
        }.items()
    },
}

CLAIMS = (
    Claim("lecture-decay", LECTURE, "seed",
          r"v_i^\top(\hat y - y) = -e^{+\Lambda t} v_i^\top y \text{ (sign as printed)}",
          procedure=flow_decay),
    Claim("lecture-ntk", LECTURE, "seed",
          r"k(x, x') = \langle \partial f(x)/\partial\theta, \partial f(x')/\partial\theta \rangle",
          procedure=tangent_definition,
          note="Printed with one d missing; decided as meant: this kernel carries one gradient step of the outputs."),
    Claim("lecture-eigen", LECTURE, "seed", r"K = Q \Lambda Q \text{ (a prime lost)}", procedure=eigendecomposition,
          note="K = Q' Lambda Q with the eigenvectors as rows of Q."),
    Claim("lecture-rates", LECTURE, "seed", r"\text{larger eigenvalue, faster; higher degree, smaller eigenvalue}",
          (Said("mu(0) > mu(1)", TANGENT), Said("mu(1) > mu(2)", TANGENT), Said("mu(k) > mu(k+2)", TANGENT,
          ("k even",)),
           Said("mu(k) = Theta(k**(-d-1)) as k -> oo", TANGENT, ("k even",)))),
    Claim("lecture-spaces", LECTURE, "seed", r"\text{the space of the NTK is the Sobolev space of order } (d+1)/2",
          (Said("mu(k) = Theta((1+k*(k+d-1))**(-(d+1)/2)) as k -> oo", BIASED),),
          note="With bias; the rates of ridge regression are not part of this verdict."),
)  # fmt: skip
