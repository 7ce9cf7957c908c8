"""Simon et al., and the lecture's representer formula: exact linear algebra of kernel regression."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from flint import fmpq, fmpq_mat

from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import SEEDS, Claim, Context, Finding, Procedure, Source

SIMON = Source("Simon, Dickens, Karkada, DeWeese", 2021, "conservation law", "2110.03922")
SIZES = ((5, 2), (7, 4), (9, 6))


def gram(rows: list[Fraction], columns: list[Fraction]) -> fmpq_mat:
    """1/(1 + (x - y)^2) at rational points: strictly positive definite and rational."""
    entries = [1 / (1 + (x - y) ** 2) for x in rows for y in columns]
    return fmpq_mat(len(rows), len(columns), [fmpq(e.numerator, e.denominator) for e in entries])


def points(count: int) -> list[Fraction]:
    """Distinct rationals."""
    return [Fraction(i * i + 1, i + 3) for i in range(count)]


def conservation(context: Context, printed: Callable[[int], int] = lambda n: n, ridge: int = 0) -> Finding:
    """The learnabilities of an orthonormal basis of a finite domain sum to the trace of the predictor: n."""
    compared, routes = "sum of learnabilities with n, in rational arithmetic", ("indicator basis", "trace")
    for count, n in SIZES:
        domain, train = points(count), points(count)[:n]
        shift = fmpq_mat(n, n, [fmpq(ridge if i == j else 0) for i in range(n) for j in range(n)])
        predictor = gram(domain, train) * (gram(train, train) + shift).inv()
        total = sum((predictor[i, i] for i in range(n)), fmpq(0))  # <e_i, prediction of e_i>, 0 off the sample
        if total != printed(n):
            return Finding(
                Truth.FAILS,
                Evidence.CERTIFIED,
                compared,
                f"n={n}: the sum is {total}",
                routes,
                {"n": n, "left": str(total), "right": str(printed(n))},
            )
    return Finding(
        Truth.HOLDS,
        Evidence.CERTIFIED,
        compared,
        "exactly n; any orthonormal basis gives the same trace",
        routes,
        scope="domains of 5, 7, 9 points",
    )


def inverse_gram(train: list[Fraction]) -> fmpq_mat:
    """K^-1, as printed."""
    return gram(train, train).inv()


def representer(context: Context, printed: Callable[[list[Fraction]], fmpq_mat] = inverse_gram) -> Finding:
    """sum_i (K^-1 y)_i k(x_i, x) with the Gaussian conditional mean, from the joint precision matrix.

    The mean of f(x) given y is -(P_xx)^-1 P_xy y with P the inverse of the joint Gram matrix.
    """
    compared, routes = "printed regression with the Gaussian conditional mean", ("K^-1", "joint precision matrix")
    for count, _ in SIZES:
        every = points(count)
        train, new = every[:-1], every[-1:]
        y = fmpq_mat(count - 1, 1, [fmpq(i * i - 3, 2) for i in range(count - 1)])
        left = (gram(new, train) * (printed(train) * y))[0, 0]
        precision = gram(every, every).inv()
        last = count - 1
        right = -sum((precision[last, i] * y[i, 0] for i in range(last)), fmpq(0)) / precision[last, last]
        if left != right:
            return Finding(
                Truth.FAILS,
                Evidence.CERTIFIED,
                compared,
                f"{left} and {right} at {last} samples",
                routes,
                {"n": last, "left": str(left), "right": str(right)},
            )
    return Finding(Truth.HOLDS, Evidence.CERTIFIED, compared, "equal rationals", routes, scope="4, 6, 8 samples")


def ridge_inverse(train: list[Fraction]) -> fmpq_mat:
    """(K + I)^-1."""
    n = len(train)
    return (gram(train, train) + fmpq_mat(n, n, [fmpq(int(i == j)) for i in range(n) for j in range(n)])).inv()


# Wrong sums and predictors, by the slip; each must fail.
TWINS = {
    "simon-conservation": {
        "n + 1": partial(conservation, printed=lambda n: n + 1),
        "factor 2": partial(conservation, printed=lambda n: 2 * n),
        "with a ridge": partial(conservation, ridge=1),
    },
    "lecture-representer": {
        name: partial(representer, printed=wrong)
        for name, wrong in {
            "factor 2": lambda train: 2 * inverse_gram(train),
            "K in place of its inverse": lambda train: gram(train, train),
            "with a ridge": ridge_inverse,
            "inverse squared": lambda train: inverse_gram(train) * inverse_gram(train),
        }.items()
    },
}

CLAIMS = (
    Claim(
        "simon-conservation",
        SIMON,
        "notes",
        r"\sum_i \mathcal{L}_i = n \text{ at zero ridge}",
        procedure=Procedure(conservation, TWINS["simon-conservation"]),
        note="An identity of traces: tr(K_DX K^-1 S_X) = tr(I_n) = n.",
    ),
    Claim(
        "lecture-representer",
        Source(SEEDS[0], 2021, "slide 'Kernel methods'"),
        "seed",
        r"f(x) = \sum_i (K^{-1}y)_i k(x_i, x) = \mathbb{E}[f(x) \mid y]",
        procedure=Procedure(representer, TWINS["lecture-representer"]),
    ),
)
