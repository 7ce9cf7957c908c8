"""The property-based checks themselves: each is made from the formula it checks.

Given the right formula a check must pass, given the planted wrong one it must fail; `properties`
names both and runs them. A check raises Violated with one line, for the minimal example.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Any

import torch
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp

from numerics.data.points import uniform_sphere
from numerics.data.targets import Problem
from numerics.experiments.config import one_thread
from numerics.networks.training import train
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import empirical_kernel, gram, neuron_rayleigh_quotients, rayleigh_quotients
from theory.kernels import NTK, ArcCosine, Kernel, diagonal
from theory.numbers.balls import Enclosure, working_precision
from theory.numbers.decimals import decimal_fraction
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.routes.oracle import oracle_values
from theory.spectra.spectrum import Eigenvalue, eigenvalue, spectrum
from theory.spectra.sphere import multiplicity
from verify.bridge import float_kernel
from verify.networks.population import CAO
from verify.statistics.equivalence import HOLDS
from verify.statistics.ztest import z_test
from verify.testing import strategies

KERNEL_FALSE_FAIL = 1e-10
ARGUMENTS = "arguments"  # the attribute that `recorded` gives to an exception
EPS = torch.finfo(torch.float64).eps

Check = Callable[[], None]
Spectrum = Callable[[Kernel, int, range, int], list[Eigenvalue]]


class Violated(AssertionError):
    """A property does not hold for the example at hand; the message is one line."""


def ensure(condition: bool, message: str) -> None:
    """Raise Violated unless the condition is true."""
    if not condition:
        raise Violated(message)


def recorded(check: Callable[..., None]) -> Callable[..., None]:
    """The body of a check whose exceptions carry its arguments, as `arguments_of` reads them."""

    @wraps(check)
    def run(**arguments: Any) -> None:
        try:
            check(**arguments)
        except Exception as error:
            setattr(error, ARGUMENTS, {name: repr(value) for name, value in arguments.items()})
            raise

    return run


def arguments_of(error: BaseException) -> dict[str, str]:
    """The arguments of the minimal failing example, as text."""
    return getattr(error, ARGUMENTS, {})


def right_spectrum(kernel: Kernel, dim: int, chosen: range, digits: int) -> list[Eigenvalue]:
    """The eigenvalues under test."""
    return list(spectrum(kernel, dim, chosen, digits).eigenvalues)


def altered(change: Callable[[Eigenvalue, int], PiPolynomial]) -> Spectrum:
    """A wrong theory: every exact mu_k replaced by change(mu_k, digits)."""

    def wrong(kernel: Kernel, dim: int, chosen: range, digits: int) -> list[Eigenvalue]:
        found = []
        for value in right_spectrum(kernel, dim, chosen, digits):
            exact = change(value, digits)
            with working_precision(digits, 20):
                enclosure = Enclosure.of(exact.ball())
            found.append(Eigenvalue(kernel, dim, value.degree, enclosure, "planted", exact, None))
        return found

    return wrong


def trace(formula: Spectrum) -> Check:
    """sum_{k<=K} N mu_k increases to kappa(1) and never passes it.

    The rest is that of terms falling between k^-2 and k^-4 in steps of two: with T the last two
    terms, K T/12 <= kappa(1) - sum <= K T for K >= 8 d.
    """

    @given(strategies.shallow_kernels(), strategies.dims(1, 6), st.integers(0, 40))
    @example(NTK(depth=2), 1, 0)
    @recorded
    def check(kernel: Kernel, dim: int, beyond: int) -> None:
        last = 8 * dim + beyond + 4
        values = formula(kernel, dim, range(last + 1), 40)
        terms = [multiplicity(dim, v.degree) * v.enclosure.lower for v in values]
        rest, tail = diagonal(kernel) - sum(terms), last * (terms[-1] + terms[-2])
        ensure(min(terms) >= 0, f"a term N mu_k is negative: {float(min(terms)):.3g}")
        ensure(rest > 0, f"the sum passes kappa(1) by {float(-rest):.3g}")
        within = tail / 12 <= rest <= tail
        ensure(within, f"rest {float(rest):.3g} is not within [K T/12, K T], K T = {float(tail):.3g}")

    return check


def parity(formula: Spectrum) -> Check:
    """Without bias mu_k is exactly 0 for odd k >= 3 (for even k >= 2 under ArcCosine(0))."""

    @given(strategies.shallow_kernels(), strategies.dims(), strategies.degrees(2, 60))
    @example(NTK(depth=2), 1, 3)
    @example(ArcCosine(0), 2, 2)
    @recorded
    def check(kernel: Kernel, dim: int, degree: int) -> None:
        degree += (degree % 2) != vanishing_parity(kernel)
        value = formula(kernel, dim, range(degree, degree + 1), 20)[0].enclosure
        ensure(value == Enclosure((0, 0)), f"mu_{degree} = {float(value.lower):.3g}, not exactly 0")

    return check


def positivity(formula: Spectrum) -> Check:
    """Every mu_k that parity does not make 0 is certainly positive."""

    @given(strategies.shallow_kernels(), strategies.dims(), strategies.degrees(), strategies.digits())
    @example(CAO, 1, 0, 1)
    @example(CAO, 3, 2, 1)
    @recorded
    def check(kernel: Kernel, dim: int, degree: int, digits: int) -> None:
        degree += degree >= 2 and (degree % 2) == vanishing_parity(kernel)
        lower = formula(kernel, dim, range(degree, degree + 1), digits)[0].enclosure.lower
        ensure(lower > 0, f"mu_{degree} >= {float(lower):.3g}: not certainly positive")

    return check


def precision(formula: Spectrum) -> Check:
    """Enclosures of mu_k at two precisions overlap, and each is as narrow as it says."""

    @given(
        strategies.shallow_kernels(),
        strategies.dims(),
        strategies.degrees(),
        strategies.digits(),
        strategies.digits(61, 200),
    )
    @recorded
    def check(kernel: Kernel, dim: int, degree: int, few: int, many: int) -> None:
        coarse, fine = (formula(kernel, dim, range(degree, degree + 1), n)[0].enclosure for n in (few, many))
        ensure(coarse.overlaps(fine), f"enclosures of mu_{degree} at {few} and {many} digits share no point")
        exact = coarse == Enclosure((0, 0))
        narrow = exact or (coarse.accuracy() >= few and fine.accuracy() >= many)
        ensure(narrow, f"mu_{degree} is less accurate than asked")

    return check


def right_recurrence(dim: int, degree: int) -> tuple[Fraction, Fraction]:
    """Weights of mu_{k-1} and mu_{k+1} of kappa in mu_k of t kappa; 0 and 1 at k = 0, d = 1 included."""
    if degree == 0:
        return Fraction(0), Fraction(1)
    return Fraction(degree, 2 * degree + dim - 1), Fraction(degree + dim - 1, 2 * degree + dim - 1)


def recurrence(formula: Callable[[int, int], tuple[Fraction, Fraction]]) -> Check:
    """mu_k(s_1 t k0 + s_2 k1) = s_1 (below mu_{k-1}(k0) + above mu_{k+1}(k0)) + s_2 mu_k(k1), exactly."""

    @given(strategies.layer_scales(), strategies.dims(), strategies.degrees(0, 40))
    @example((Fraction(1, 2), Fraction(1)), 1, 0)
    @example((Fraction(1), Fraction(1)), 2, 1)
    @recorded
    def check(scales: tuple[Fraction, ...], dim: int, degree: int) -> None:
        below, above = formula(dim, degree)
        product = above * _exact(ArcCosine(0), dim, degree + 1)  # mu_k of t k0
        if degree:
            product += below * _exact(ArcCosine(0), dim, degree - 1)
        expected = scales[0] * product + scales[1] * _exact(ArcCosine(1), dim, degree)
        got = _exact(NTK(2, scales), dim, degree)
        ensure(got == expected, f"mu_{degree} = {got!r}, the recurrence gives {expected!r}")

    return check


def angle(formula: Spectrum) -> Check:
    """The closed form and certified quadrature in the angle overlap."""

    @given(strategies.shallow_kernels(), strategies.dims(1, 8), strategies.degrees(0, 30), strategies.digits(5, 25))
    @example(CAO, 1, 0, 20)
    @recorded
    def check(kernel: Kernel, dim: int, degree: int, digits: int) -> None:
        degree += degree >= 2 and (degree % 2) == vanishing_parity(kernel)
        chosen = range(degree, degree + 1)
        integral = spectrum(kernel, dim, chosen, digits, route="angle").eigenvalues[0].enclosure
        closed = formula(kernel, dim, chosen, digits)[0].enclosure
        ensure(closed.overlaps(integral), f"closed form and integral of mu_{degree} share no point at {digits}")

    return check


def oracle(formula: Spectrum) -> Check:
    """Floating quadrature in t, without a bound, agrees to the digits it is asked for (times kappa(1))."""

    @given(strategies.shallow_kernels(), strategies.dims(1, 8), strategies.degrees(0, 20), strategies.digits(5, 15))
    @recorded
    def check(kernel: Kernel, dim: int, degree: int, digits: int) -> None:
        chosen = range(degree, degree + 1)
        quadrature = decimal_fraction(mp.nstr(oracle_values(kernel, dim, chosen, digits)[0], digits + 20))
        closed = formula(kernel, dim, chosen, digits + 5)[0].enclosure
        off = max(abs(closed.lower - quadrature), abs(closed.upper - quadrature)) / diagonal(kernel)
        ensure(off <= Fraction(1, 10**digits), f"mu_{degree} and quadrature differ by {float(off):.3g} kappa(1)")

    return check


def initial_kernel(formula: Kernel) -> Check:
    """phi' W K_r W phi of hidden units r has the limit kernel's quotient as its mean: any phi, any points.

    z-test over 4096 units: null the mean is right, false fail KERNEL_FALSE_FAIL an example.
    """

    @given(strategies.dims(1, 9), st.integers(1, 24), strategies.seeds())
    @recorded
    def check(dim: int, samples: int, draw: int) -> None:
        generator = torch.Generator().manual_seed(draw)
        sample = uniform_sphere(dim, samples, generator)
        phi = 1 + torch.rand(samples, 1, dtype=torch.float64, generator=generator)
        task = Problem(sample, phi[:, 0], phi)
        network = initialise(dim, 4096, generator, antisymmetric=False)
        with one_thread():
            units = neuron_rayleigh_quotients(network, task)[:, 0].numpy()
        expected = float(rayleigh_quotients(gram(sample.points, float_kernel(formula)), task)[0])
        test = z_test(units, expected, KERNEL_FALSE_FAIL, 1e-3, caught=float(units.mean()))
        ensure(test.verdict == HOLDS, f"off by {test.z:+.1f} standard errors, {test.threshold:.1f} allowed")

    return check


def own_kernel(formula: Callable[..., torch.Tensor]) -> Check:
    """A network trained on tiny labels follows its own initial kernel in discrete time, at any width.

    Budget, as a share of the labels: laziness (weights move by the amplitude a step), switched gates
    (each changes the kernel of a point by its share of the width), rounding of outputs over the amplitude.
    """

    @given(
        strategies.dims(1, 5), st.integers(2, 16), strategies.widths(64, 512), st.integers(1, 12), strategies.seeds()
    )
    @recorded
    def check(dim: int, samples: int, width: int, steps: int, draw: int) -> None:
        amplitude, step_size = 1e-7, 0.5
        generator = torch.Generator().manual_seed(draw)
        sample = uniform_sphere(dim, samples, generator)
        phi = 1 + torch.rand(samples, 1, dtype=torch.float64, generator=generator)
        task = Problem(sample, amplitude * phi[:, 0], phi)
        network = initialise(dim, width, generator, antisymmetric=False)
        with one_thread():
            path = train(network, task, step_size, steps, centred=True)
            predicted = formula(empirical_kernel(network, sample.points), task, step_size, steps)
        off = float((path.projections - predicted).abs().max() / predicted[0, 0])
        gates = [(net.first @ sample.points.T > 0) for net in (network, path.network)]
        switched = int((gates[0] != gates[1]).sum())
        budget = 20 * amplitude * steps + 10 * switched * steps / width + 100 * (width + samples) * EPS / amplitude
        ensure(off <= budget, f"off its initial kernel by {off:.2g} of the labels, {budget:.2g} allowed")

    return check


def continuous_time(kernel: torch.Tensor, task: Problem, step_size: float, steps: int) -> torch.Tensor:
    """exp(-c t K W) y: what discrete time is not."""
    flow = torch.linalg.matrix_exp(-step_size * kernel * task.sample.weights)
    return torch.stack([task.project(torch.linalg.matrix_power(flow, t) @ task.labels) for t in range(steps + 1)])


def vanishing_parity(kernel: Kernel) -> int:
    """The parity of the degrees >= 2 whose eigenvalue is 0: even for ArcCosine(0), else odd."""
    return 0 if kernel == ArcCosine(0) else 1


def _exact(kernel: Kernel, dim: int, degree: int) -> PiPolynomial:
    return exact_value(eigenvalue(kernel, dim, degree, 5))


def exact_value(value: Eigenvalue) -> PiPolynomial:
    """mu_k exactly, as it is known of a kernel in closed form at low degrees."""
    assert value.exact is not None
    return value.exact
