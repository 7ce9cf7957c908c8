"""Expressions in t and theta brought to one form, so that what is written differently is seen to be equal.

A form is a sum of terms

    c * theta^a * (1-t)^m * (1+t)^n * log(1-t)^i * log(1+t)^j * log(theta)^l * exp(g) * p(t),

p a rational polynomial without a zero at 1 or -1, c a product of powers of pi, e, primes and their logarithms,
g a form without rational constant. With sin(theta/2) = sqrt((1-t)/2) and cos(theta/2) = sqrt((1+t)/2) it holds
every polynomial in theta and in sines and cosines of multiples of theta/2; terms that differ in p alone are added.
Equal forms are equal functions; functions whose forms differ may still be equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import inf

from flint import fmpq, fmpq_poly, fmpz

from theory.kernels.constants import Constant, times_constants
from theory.kernels.zonal_expressions import Coefficients
from theory.symbolic.expressions import Call, Inner, Node, Number, Operation, fold

Form = tuple["Term", ...]
MAX_DEGREE, MAX_TERMS, MAX_MULTIPLE = 400, 60, 400
MAX_BITS, MAX_FACTORED = 20_000, 2**64
ZERO, HALF, UNIT = Fraction(0), Fraction(1, 2), Fraction(1)


@dataclass(frozen=True, slots=True)
class Term:
    """One product; the exponents are those of theta, 1 - t, 1 + t; logs: of log(1-t), log(1+t) and log(theta)."""

    polynomial: Coefficients = (UNIT,)
    constant: Constant = ()
    angle: Fraction = ZERO
    near: Fraction = ZERO
    far: Fraction = ZERO
    logs: tuple[int, int, int] = (0, 0, 0)
    exponent: Form = ()

    def like(self) -> tuple[object, ...]:
        """What two terms share that differ in a rational function of t at most."""
        return self.constant, self.angle, self.near % 1, self.far % 1, self.logs, self.exponent

    def expanded(self) -> Coefficients | None:
        """(1-t)^near (1+t)^far p(t) as a polynomial, None where it is none."""
        if min(self.near, self.far) < 0 or self.near.denominator * self.far.denominator != 1:
            return None
        return _coefficients(_whole(self, ZERO, ZERO))

    def is_polynomial(self) -> bool:
        """Whether it is a polynomial in t, times a constant."""
        constant = all(term.is_polynomial() and len(term.expanded() or ()) < 2 for term in self.exponent)
        return not self.angle and not any(self.logs) and constant and self.expanded() is not None


def number(value: Fraction) -> Form:
    """A rational constant."""
    return (Term((value,)),) if value else ()


T: Form = (Term((ZERO, UNIT)),)
THETA: Form = (Term(angle=UNIT),)
PI: Form = (Term(constant=(("pi", 0, UNIT),)),)
ONE: Form = (Term(),)
NAMES = {"t": T, "theta": THETA, "pi": PI}


def add(forms: Iterable[Form]) -> Form:
    """The sum, like terms added.

    >>> add([T, number(UNIT), scaled(T, -UNIT)]) == number(UNIT)
    True
    """
    groups: dict[tuple[object, ...], list[Term]] = {}
    for form in forms:
        for term in form:
            groups.setdefault(term.like(), []).append(term)
    found = []
    for terms in groups.values():
        near, far = min(t.near for t in terms), min(t.far for t in terms)
        total = sum((_whole(term, near, far) for term in terms), fmpq_poly())
        if total != 0:
            found.append(_reduced(replace(terms[0], near=near, far=far), total))
    return tuple(sorted(found, key=_order))


def _order(term: Term) -> tuple[object, ...]:
    return term.constant, term.angle, term.near, term.far, term.logs, repr(term.exponent), term.polynomial


def _whole(term: Term, near: Fraction, far: Fraction) -> fmpq_poly:
    """p (1-t)^(m - near) (1+t)^(n - far)."""
    ends = fmpq_poly([1, -1]) ** int(term.near - near) * fmpq_poly([1, 1]) ** int(term.far - far)
    return fmpq_poly([fmpq(c.numerator, c.denominator) for c in term.polynomial]) * ends


def _reduced(term: Term, poly: fmpq_poly) -> Term:
    """The term with this polynomial, its zeros at the ends moved to `near` and `far`."""
    near, far = term.near, term.far
    while poly(1) == 0:
        poly, near = poly / fmpq_poly([1, -1]), near + 1
    while poly(-1) == 0:
        poly, far = poly / fmpq_poly([1, 1]), far + 1
    return replace(term, polynomial=_coefficients(poly), near=near, far=far)


def _coefficients(poly: fmpq_poly) -> Coefficients:
    return tuple(Fraction(int(c.p), int(c.q)) for c in poly.coeffs())


def scaled(form: Form, factor: Fraction) -> Form:
    """A rational multiple."""
    if not factor:
        return ()
    multiples = (replace(term, polynomial=tuple(factor * c for c in term.polynomial)) for term in form)
    return tuple(sorted(multiples, key=_order))


def multiply(left: Form, right: Form) -> Form | None:
    """The product; None where it is too long."""
    if len(left) * len(right) > MAX_TERMS**2:
        return None
    products = [_product(a, b) for a in left for b in right]
    return _bounded(add([(p,) for p in products]))


def _bounded(form: Form) -> Form | None:
    def too_large(term: Term) -> bool:
        exponents = [term.near, term.far, term.angle, Fraction(sum(term.logs)), Fraction(len(term.polynomial))]
        bits = (max(abs(c.numerator), c.denominator).bit_length() for c in term.polynomial)
        return max(map(abs, exponents)) > MAX_DEGREE or max(bits) > MAX_BITS

    return None if len(form) > MAX_TERMS or any(map(too_large, form)) else form


def _product(a: Term, b: Term) -> Term:
    constant, rational = times_constants(a.constant, b.constant)
    poly = _whole(a, a.near, a.far) * _whole(b, b.near, b.far) * fmpq(rational.numerator, rational.denominator)
    logs = (a.logs[0] + b.logs[0], a.logs[1] + b.logs[1], a.logs[2] + b.logs[2])
    exponent = add([a.exponent, b.exponent])
    return Term(_coefficients(poly), constant, a.angle + b.angle, a.near + b.near, a.far + b.far, logs, exponent)


def power(form: Form, exponent: Fraction) -> Form | None:
    """form^exponent; None where that is no form: of a sum that is not (c theta^a (1-t)^m ...) for c > 0.

    >>> power(add([number(UNIT), scaled(T, -UNIT)]), HALF)[0].near
    Fraction(1, 2)
    """
    if exponent.denominator == 1 and exponent >= 0:
        result: Form | None = number(UNIT)
        for bit in bin(int(exponent))[2:]:
            result = result and multiply(result, result)
            result = multiply(result, form) if result is not None and bit == "1" else result
        return result
    if len(form) != 1 or len(form[0].polynomial) != 1 or any(form[0].logs):
        return None
    (term,) = form
    value = term.polynomial[0]
    sign = UNIT
    if value < 0 and exponent.denominator == 1:
        value, sign = -value, Fraction((-1) ** int(exponent))
    prime = _factored(value)
    if prime is None:
        return None
    raised = tuple((kind, base, e * exponent) for kind, base, e in (*term.constant, *prime))
    constant, rational = times_constants(raised, ())
    found = Term(
        (sign * rational,),
        constant,
        term.angle * exponent,
        term.near * exponent,
        term.far * exponent,
        exponent=scaled(term.exponent, exponent),
    )
    return _bounded((found,))


def _factored(value: Fraction) -> Constant | None:
    """A positive rational as powers of primes."""
    if value <= 0 or max(value.numerator, value.denominator) > MAX_FACTORED:
        return None
    parts = ((value.numerator, 1), (value.denominator, -1))
    return tuple(("prime", int(p), Fraction(sign * n)) for m, sign in parts for p, n in fmpz(m).factor())


def exponential(form: Form) -> Form:
    """exp of a form: rational constants go to powers of e."""
    constant = next((c[0] for term in form if (c := _rational_polynomial(term))), ZERO)
    rest = add([form, number(-constant)])
    return (Term(constant=(("e", 0, constant),) if constant else (), exponent=rest),)


def _rational_polynomial(term: Term) -> Coefficients | None:
    return term.expanded() if term.is_polynomial() and not term.constant else None


def logarithm(form: Form) -> Form | None:
    """log of a positive product; None where that is no form."""
    if len(form) != 1 or len(form[0].polynomial) != 1 or any(form[0].logs):
        return None
    (term,) = form
    primes = _factored(term.polynomial[0])
    if primes is None or any(kind in ("pi", "log") for kind, _, _ in term.constant):
        return None
    constants = [
        number(e) if kind == "e" else scaled((Term(constant=(("log", base, UNIT),)),), e)
        for kind, base, e in (*term.constant, *primes)
    ]
    logs = {(1, 0, 0): term.near, (0, 1, 0): term.far, (0, 0, 1): term.angle}
    return add([*constants, *(scaled((Term(logs=log),), exponent) for log, exponent in logs.items()), term.exponent])


def _turn(form: Form) -> tuple[Form, Form] | None:
    """(cos, sin) of m theta/2 + n pi/2 for integers m, n; None for other angles."""
    found = {"angle": 0, "pi": 0}
    for term in form:
        place = {THETA[0]: "angle", PI[0]: "pi"}.get(replace(term, polynomial=(UNIT,)))
        twice = 2 * term.polynomial[0]
        if place is None or len(term.polynomial) > 1 or twice.denominator > 1 or abs(twice) > MAX_MULTIPLE:
            return None
        found[place] = int(twice)
    cosine, sine = _half_turns(abs(found["angle"]))
    if found["angle"] < 0:
        sine = scaled(sine, -UNIT)
    for _ in range(found["pi"] % 4):
        cosine, sine = scaled(sine, -UNIT), cosine
    return cosine, sine


@lru_cache(maxsize=1024)
def _half_turns(count: int) -> tuple[Form, Form]:
    """(cos, sin) of count * theta/2."""
    if count < 2:
        root = (("prime", 2, HALF),)
        half = Term((HALF,), root)  # 1/sqrt(2)
        return ((replace(half, far=HALF),), (replace(half, near=HALF),)) if count else (number(UNIT), ())
    (c, s), (e, f) = _half_turns(count // 2), _half_turns(count - count // 2)
    return _mixed(c, e, s, f, -UNIT), _mixed(s, e, c, f, UNIT)


def _mixed(a: Form, b: Form, c: Form, d: Form, sign: Fraction) -> Form:
    return add([_short(multiply(a, b)), scaled(_short(multiply(c, d)), sign)])


def _short(form: Form | None) -> Form:
    assert form is not None  # MAX_MULTIPLE bounds what it is asked of
    return form


def _inverse_cosines() -> dict[Form, Form]:
    """acos of what it undoes on all of (0, pi)."""
    (cosine, sine), half = _half_turns(1), scaled(THETA, HALF)
    right = scaled(PI, HALF)
    known = {T: THETA, cosine: half, sine: add([right, scaled(half, -UNIT)]), (): right}
    known |= {number(UNIT): (), number(HALF): scaled(PI, Fraction(1, 3))}
    return known | {scaled(x, -UNIT): add([PI, scaled(angle, -UNIT)]) for x, angle in known.items()}


def _inverse_tangents() -> dict[Form, Form]:
    """atan of what it undoes on all of (0, pi)."""
    known: dict[Form, Form] = {(): (), number(UNIT): scaled(PI, Fraction(1, 4))}
    for count, angle in ((1, scaled(THETA, HALF)), (2, THETA)):
        (cosine, sine), rest = _half_turns(count), add([scaled(PI, HALF), scaled(angle, -UNIT)])
        known[_short(multiply(cosine, _short(power(sine, -UNIT))))] = rest
        if count == 1:  # the tangent of theta has a pole inside
            known[_short(multiply(sine, _short(power(cosine, -UNIT))))] = angle
    return known | {scaled(x, -UNIT): scaled(angle, -UNIT) for x, angle in known.items()}


ACOS, ATAN = _inverse_cosines(), _inverse_tangents()


def _arc_sine(form: Form) -> Form | None:
    found = ACOS.get(form)
    return None if found is None else add([scaled(PI, HALF), scaled(found, -UNIT)])


def _trigonometric(form: Form, name: str) -> Form | None:
    turned = _turn(form)
    if turned is None:
        return None
    cosine, sine = turned
    if name != "tan":
        return cosine if name == "cos" else sine
    inverse = power(cosine, -UNIT)
    return inverse and multiply(sine, inverse)


def _hyperbolic(form: Form, sign: Fraction) -> Form:
    up, down = exponential(form), exponential(scaled(form, -UNIT))
    return scaled(add([up, scaled(down, sign)]), HALF)


CALLS: dict[str, Callable[[Form], Form | None]] = {
    "sqrt": lambda form: power(form, HALF),
    "exp": exponential,
    "log": logarithm,
    "sin": lambda form: _trigonometric(form, "sin"),
    "cos": lambda form: _trigonometric(form, "cos"),
    "tan": lambda form: _trigonometric(form, "tan"),
    "sinh": lambda form: _hyperbolic(form, -UNIT),
    "cosh": lambda form: _hyperbolic(form, UNIT),
    "acos": ACOS.get,
    "asin": _arc_sine,
    "atan": ATAN.get,
}


@lru_cache(maxsize=4096)
def normal_form(tree: Node) -> Form | None:
    """The form of an expression, None where it has none.

    >>> from theory.kernels.zonal_expressions import parse_expression
    >>> normal_form(parse_expression("sin(theta)**2")) == normal_form(parse_expression("(1+t)*(1-t)"))
    True
    >>> normal_form(parse_expression("cos(t)")) is None
    True
    """
    return fold(tree, number, NAMES.__getitem__, operated)


def factored(tree: Node) -> Term | None:
    """The one term of an expression that is c theta^a (1-t)^m (1+t)^n p(t); None for others.

    >>> from theory.kernels.zonal_expressions import parse_expression
    >>> factored(parse_expression("sin(theta/2)**2*(2-t)")).near
    Fraction(1, 1)
    """
    form = normal_form(tree)
    if form is None or len(form) != 1 or any(form[0].logs) or form[0].exponent:
        return None
    return form[0]


def operated(node: Inner, values: Sequence[Form | None]) -> Form | None:
    """The form of an operation or a call from those of its operands."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    match node:
        case Call(name):
            return CALLS[name](known[0]) if name in CALLS else None
        case Operation("+"):
            return _bounded(add(known))
        case Operation("-", _, _):
            return _bounded(add([known[0], scaled(known[1], -UNIT)]))
        case Operation("*"):
            return multiply(*known)
        case Operation("/"):
            inverse = power(known[1], -UNIT) if known[1] else None
            return None if inverse is None else multiply(known[0], inverse)
        case Operation("**", _, Number(exponent)):
            return power(known[0], exponent) if known[0] or exponent > 0 else None
    return None


def mirrored(form: Form) -> Form | None:
    """kappa(-t), where theta becomes pi - theta; None for a fractional power of theta or its logarithm.

    >>> mirrored(THETA) == add([PI, scaled(THETA, -UNIT)])
    True
    """
    parts = []
    for term in form:
        exponent = mirrored(term.exponent)
        angle = power(add([PI, scaled(THETA, -UNIT)]), term.angle) if term.angle.denominator == 1 else None
        if exponent is None or angle is None or term.logs[2]:
            return None
        signed = tuple((-1) ** n * c for n, c in enumerate(term.polynomial))
        other = Term(signed, term.constant, ZERO, term.far, term.near, (term.logs[1], term.logs[0], 0), exponent)
        part = multiply((other,), angle)
        if part is None:
            return None
        parts.append(part)
    return add(parts)


def degree(form: Form) -> float:
    """The degree of a form that is a polynomial in t with any constants; -1 of 0, inf of others."""
    degrees = (len(term.expanded() or ()) - 1.0 if term.is_polynomial() else inf for term in form)
    return max(degrees, default=-1.0)
