"""Tancik et al. 2020: Fourier Features Let Networks Learn High Frequency Functions; its linear algebra.

Their prediction after time t is K_test K^-1 (I - exp(-eta K t)) y; for measurements y = A f the
Gram matrix is A K A' and K_test becomes K_test A'. Their features are a_j cos, a_j sin(2 pi b_j v).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import factorial

from flint import arb, arb_mat, fmpq, fmpq_mat

from theory.numbers.balls import ball, working_precision
from theory.numbers.truth import Evidence, Truth
from verify.claims.simon import gram, points
from verify.findings.claim import Claim, Context, Finding, Procedure, Source

TERMS = 80
TIMES = (Fraction(1, 4), Fraction(2))
MEASURED = fmpq_mat(3, 5, [1, 1, 0, 0, 0, 0, 1, -1, 2, 0, 0, 0, 1, 1, 1])
Predictor = Callable[[arb_mat, arb_mat, Fraction, arb_mat], arb_mat]


def source(place: str) -> Source:
    """A place in the paper."""
    authors = "Tancik, Srinivasan, Mildenhall, Fridovich-Keil, Raghavan, Singhal, Ramamoorthi, Barron, Ng"
    return Source(authors, 2020, place, "2006.10739")


def identity(size: int) -> arb_mat:
    """I."""
    return arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def printed_prediction(cross: arb_mat, square: arb_mat, time: Fraction, labels: arb_mat) -> arb_mat:
    """K_test K^-1 (I - e^(-K t)) y, eta = 1."""
    return cross * (square.inv() * ((identity(square.nrows()) - (square * -ball(time)).exp()) * labels))


def flow_series(cross: fmpq_mat, square: fmpq_mat, time: Fraction, labels: fmpq_mat) -> list[arb]:
    """The flow f' = K_test (y - f_train), f(0) = 0, by the power series of its own equation.

    With r = y - f_train, r' = -K r: the coefficients of r are r_{j+1} = -K r_j/(j+1). What is left
    out is at most |K_test| |y| x^J/J! with x = |K| t, row-sum norms, J > 2x.
    """
    t = fmpq(time.numerator, time.denominator)
    residual, total = labels, cross * fmpq_mat(square.nrows(), 1, [0] * square.nrows())
    for j in range(TERMS):
        total += cross * residual * (t ** (j + 1) / (j + 1))
        residual = square * residual * fmpq(-1, j + 1)
    x = _row_sum(square) * time
    rest = _row_sum(cross) * time * _row_sum(labels) * x**TERMS / factorial(TERMS)
    error = arb(0, ball(rest).upper())
    return [ball(Fraction(int(v.p), int(v.q))) + error for v in total.entries()]


def _row_sum(matrix: fmpq_mat) -> Fraction:
    rows = [[abs(Fraction(int(v.p), int(v.q))) for v in row] for row in matrix.tolist()]
    return max(sum(row, start=Fraction(0)) for row in rows)


def dynamics(context: Context, printed: Predictor = printed_prediction) -> Finding:
    """The printed prediction with the flow's own power series, for plain labels and for measurements."""
    compared = "printed prediction with the power series of the gradient flow"
    routes = ("matrix exponential in balls", "rational power series with its remainder")
    every = points(7)
    train, new = every[:5], every[5:]
    square, cross = gram(train, train), gram(new, train)
    cases = {
        "labels": (cross, square),
        "measurements": (cross * MEASURED.transpose(), MEASURED * square * MEASURED.transpose()),
    }
    with working_precision(40):
        for name, (to_test, between) in cases.items():
            n = between.nrows()
            labels = fmpq_mat(n, 1, [i * i - 2 for i in range(n)])
            for time in TIMES:
                flow = flow_series(to_test, between, time, labels)
                said = printed(arb_mat(to_test), arb_mat(between), time, arb_mat(labels)).entries()
                for left, right in zip(said, flow, strict=True):
                    if not left.overlaps(right):
                        shown = {"case": name, "t": str(time), "left": left.str(12), "right": right.str(12)}
                        why = f"{name}, t = {time}: printed {left.str(12)}, flow {right.str(12)}"
                        return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, shown)
    return Finding(
        Truth.HOLDS,
        Evidence.CHECKED,
        compared,
        "they overlap to 20 digits and more",
        routes,
        scope="5 points, 3 measurements of them, 2 times",
    )


GRID = 16
AMPLITUDES = ((1, Fraction(3, 4)), (2, Fraction(1, 2)), (3, Fraction(1, 4)))
Features = Callable[[int], list[arb]]
Spectrum = Callable[[list[arb], int], arb]


def fourier_features(j: int, scale: int = 1, sine: Fraction = Fraction(1)) -> list[arb]:
    """a cos(2 pi b v), a sin(2 pi b v) at v = j/GRID, b = 1, 2, 3 over `scale`, sines times `sine`."""
    turns = [(a, ball(Fraction(2 * b * j, GRID * scale))) for b, a in AMPLITUDES]
    return [ball(a) * part for a, turn in turns for part in (turn.cos_pi(), ball(sine) * turn.sin_pi())]


def dft(row: list[arb], m: int) -> arb:
    """sum_j row_j cos(2 pi m j/GRID), for an even row."""
    return sum((value * ball(Fraction(2 * m * j, GRID)).cos_pi() for j, value in enumerate(row)), arb(0))


def _composed(features: Features, i: int, j: int) -> arb:
    """NTK(depth=2) of the features, scaled to norm 1 on the diagonal."""
    one, two = features(i), features(j)
    square = sum((ball(a) ** 2 for _, a in AMPLITUDES), arb(0))
    t = sum((x * y for x, y in zip(one, two, strict=True)), arb(0)) / square
    if i == j and t.overlaps(arb(1)):
        return arb(2)
    theta = t.acos()
    return (t * (arb.pi() - theta) * 2 + theta.sin()) / arb.pi()


def stationary(context: Context, features: Features = fourier_features, printed: Spectrum = dft) -> Finding:
    """K(v, v') depends on v - v' alone, and on a grid K e_m = DFT(first row)_m e_m for every m."""
    compared = "Gram matrix of the features on a grid with the DFT of its first row"
    routes = ("features, then kernel", "DFT of the first row")
    with working_precision(30):
        matrix = [[_composed(features, i, j) for j in range(GRID)] for i in range(GRID)]
        for i in range(GRID):
            for j in range(GRID):
                if not matrix[i][j].overlaps(matrix[0][(j - i) % GRID]):
                    why = f"K({i}/{GRID}, {j}/{GRID}) = {matrix[i][j].str(10)}, K(0, {(j - i) % GRID}/{GRID}) = "
                    why += matrix[0][(j - i) % GRID].str(10)
                    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, {"i": i, "j": j})
        for m in range(GRID):
            wave = [ball(Fraction(2 * m * j, GRID)).cos_pi() for j in range(GRID)]
            image = sum((matrix[0][j] * wave[j] for j in range(GRID)), arb(0))
            value = printed(matrix[0], m)
            again = sum((matrix[1][j] * wave[j] for j in range(GRID)), arb(0))
            if not (image.overlaps(value) and again.overlaps(value * wave[1])):
                why = f"m = {m}: K e = {image.str(10)} e at v = 0, printed {value.str(10)}"
                return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, {"m": m})
    return Finding(
        Truth.HOLDS,
        Evidence.CHECKED,
        compared,
        "all entries and all eigenvalues overlap",
        routes,
        scope=f"{GRID} points, 3 frequencies, NTK(depth=2)",
    )


# Wrong predictions, features and spectra, by the slip; each must fail.
TWINS = {
    "tancik-dynamics": {
        name: partial(dynamics, printed=wrong)
        for name, wrong in {
            "rate doubled": lambda c, k, t, y: printed_prediction(c, k, 2 * t, y),
            "sign of the exponent": lambda c, k, t, y: printed_prediction(c, k, -t, y),
            "inverse lost": lambda c, k, t, y: printed_prediction(c, k, t, k * y),
            "t = oo": lambda c, k, t, y: c * (k.inv() * y),
            "first order in t": lambda c, k, t, y: c * y * ball(t),
        }.items()
    },
    "tancik-stationary": {
        "cosines alone": partial(stationary, features=partial(fourier_features, sine=Fraction(0))),
        "sines half as large": partial(stationary, features=partial(fourier_features, sine=Fraction(1, 2))),
        "half the frequencies": partial(stationary, features=partial(fourier_features, scale=2)),
        "DFT over n": partial(stationary, printed=lambda row, m: dft(row, m) / GRID),
        "degree shifted": partial(stationary, printed=lambda row, m: dft(row, m + 1)),
    },
}

CLAIMS = (
    Claim(
        "tancik-dynamics",
        source("eq. 3 and appendix"),
        "read",
        r"\hat y^{(t)} = K_{test} K^{-1}(I - e^{-\eta K t})\,y;\ "
        r"K_{test}A^\top (AKA^\top)^{-1}(I - e^{-\eta AKA^\top t})\,y",
        procedure=Procedure(dynamics, TWINS["tancik-dynamics"]),
        note="The linearised flow; how near a network of given width stays to it is another question.",
    ),
    Claim(
        "tancik-stationary",
        source("eqs. 5-8 and section 5"),
        "read",
        r"h_{NTK}(\gamma(v_i)^\top\gamma(v_j)) = h_{NTK}(h_\gamma(v_i - v_j)),\ "
        r"\text{its eigenvalues on a grid the Fourier transform of one row}",
        procedure=Procedure(stationary, TWINS["tancik-stationary"]),
        note="With integer frequencies: with others the kernel is stationary but not periodic, and no DFT.",
    ),
)
