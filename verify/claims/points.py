"""Formulas held against certified values on a finite set of points; no claims of its own.

Disjoint balls refute a formula for certain. Balls that overlap prove no equality: they are
`checked`; equal exact numbers are `certified` on the stated set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

from flint import arb

from theory.numbers.balls import NotCertified, working_precision
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence, Truth
from theory.statements.counterexamples import value_text
from verify.findings.claim import Corrected, Finding

Exact = Fraction | int | PiPolynomial
Value = arb | Exact
Formula = Callable[..., Value]
DIGITS = 30
ENOUGH = 12


def hold_against(
    names: tuple[str, ...],
    points: Iterable[tuple[int, ...]],
    printed: Formula,
    certified: Formula,
    compared: str,
    routes: tuple[str, ...],
    corrected: Formula | None = None,
    correction: str = "",
    normalisation: tuple[str, Callable[[int], Value]] | None = None,
) -> Finding:
    """FAILS at the first point where `printed` certainly differs from `certified`.

    Where it fails, `corrected` is held against the same points. `normalisation` is what its authors' one is
    called and the factor by which it multiplies, a function of d and of nothing else: where `printed` is
    that factor times `certified` at all points, it HOLDS up to it.
    """
    chosen = list(points)
    with working_precision(DIGITS):
        bad, exact = _first_difference(chosen, printed, certified)
        if bad is None:
            return _holds(names, chosen, compared, routes, exact)
        point, left, right = bad
        shown = dict(zip(names, point, strict=True))
        at = ", ".join(f"{name}={value}" for name, value in shown.items())
        sides = {"left": _text(left), "right": _text(right)}
        why = f"at {at} the printed formula gives {sides['left']}, the certified value is {sides['right']}"
        if normalisation is not None:
            says, factor = normalisation
            place = names.index("d")
            other, same = _first_difference(chosen, printed, lambda *at: _times(factor(at[place]), certified(*at)))
            if other is None:
                found = _holds(names, chosen, compared, routes, same)
                why += f"; {says}: {found.why}"
                return replace(found, up_to=says, why=why, figures={"instance": shown | sides})
        instead: tuple[Corrected, ...] = ()
        if corrected is not None:
            instead = (Corrected(correction, hold_against(names, chosen, corrected, certified, correction, routes)),)
        return Finding(
            Truth.FAILS,
            Evidence.CERTIFIED,
            compared,
            why,
            routes,
            {**shown, **sides},
            scope=_scope(names, chosen),
            corrected=instead,
        )


def _holds(
    names: tuple[str, ...], chosen: list[tuple[int, ...]], compared: str, routes: tuple[str, ...], exact: bool
) -> Finding:
    why = f"equal at all {len(chosen)} points" + ("" if exact else f" to {ENOUGH} digits and more")
    return Finding(
        Truth.HOLDS,
        Evidence.CERTIFIED if exact else Evidence.CHECKED,
        compared,
        why,
        routes,
        scope=_scope(names, chosen),
    )


def _times(factor: Value, value: Value) -> Value:
    if isinstance(factor, arb) or isinstance(value, arb):
        return _ball(factor) * _ball(value)
    return _exact(value) * _exact(factor)


def _scope(names: tuple[str, ...], points: list[tuple[int, ...]]) -> str:
    ranges = (sorted(set(column)) for column in zip(*points, strict=True))
    return ", ".join(f"{n} in {v[0]}..{v[-1]}" for n, v in zip(names, ranges, strict=True))


def _first_difference(
    points: list[tuple[int, ...]], left: Formula, right: Formula
) -> tuple[tuple[tuple[int, ...], Value, Value] | None, bool]:
    """The first point of certain difference, and whether all others were compared exactly."""
    exact = True
    for point in points:
        a, b = left(*point), right(*point)
        if not isinstance(a, arb) and not isinstance(b, arb):
            if not (_exact(a) + _exact(b) * -1).is_zero():
                return (point, a, b), exact
            continue
        exact = False
        x, y = _ball(a), _ball(b)
        for value in (x, y):
            if not value.is_finite():
                raise NotCertified(f"a side at {point}", None, ENOUGH)
        if not x.overlaps(y):
            return (point, a, b), exact
        if (x - y).rad() > abs(x).mid() * arb(10) ** -ENOUGH and not (x - y).rad() < arb(10) ** -(2 * ENOUGH):
            raise NotCertified(f"the sides at {point}", None, ENOUGH)
    return None, exact


def _exact(value: Exact) -> PiPolynomial:
    return value if isinstance(value, PiPolynomial) else PiPolynomial.of(Fraction(value))


def _ball(value: Value) -> arb:
    if isinstance(value, arb):
        return value
    return _exact(value).ball()


def _text(value: Value) -> str:
    if isinstance(value, PiPolynomial):
        return repr(value)
    return value_text(Fraction(value) if isinstance(value, int) else value)
