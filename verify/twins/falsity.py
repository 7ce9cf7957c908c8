"""Is a statement really false? A numerical judgement that shares nothing with `theory.statements.decide`.

Both sides are computed with mpmath at small and at large values, mu from the certified spectrum.
A comparison is false where an instance violates it by more than SLACK; an order of growth is false
where the quotient of the sides keeps drifting the forbidden way while its variable doubles. The
answer is evidence for planting a wrong statement, never a verdict; where nothing is seen, None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from mpmath import mp, mpf

from theory.kernels.depth_families import DepthFamily
from theory.kernels.named import NamedKernels
from theory.language.families import kernel_at
from theory.language.formulas import variables
from theory.language.statement import UNIFORMLY, Statement
from theory.numbers.balls import NotCertified
from theory.spectra.ranked import Ranked, largest_eigenvalues
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import multiplicity
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Node, fold

if TYPE_CHECKING:
    from theory.kernels import Kernel

DIGITS = 40
SLACK = mpf(10) ** -20  # far above the rounding of DIGITS digits, far below a factor that counts
NEAR = {"k": 7, "n": 7, "d": 4, "L": 3}  # how many of the smallest values a comparison is tried at
FAR = {"k": (40, 41), "n": (40, 41), "d": (16, 40), "L": (6,)}
FIXED = 5  # values tried of each variable that a limit keeps fixed
DOUBLINGS = (32, 64, 128, 256, 512, 1024)
FEW_DOUBLINGS = (4, 8, 16, 32)  # of the number of layers
DEEP_DOUBLINGS = (32, 64, 128, 256)  # of the degree, for a kernel of every depth
NEAR_END = (2**10, 2**12, 2**14, 2**16)  # of 1/u as t = 1-u, -1+u, u or -u comes to its limit
DEEP_FIXED = 2  # values of the other variables, there
MOST_DERIVATIVES = 14  # beyond, differences lose too many digits
POINTS = tuple(mpf(i) / 8 for i in range(-7, 8))
DRIFT = mpf("0.2")  # exponents of planted errors are at least 1/2 apart
SHRINKING = mpf("0.9")  # a quotient that tends to 1 like 1 + c/sqrt(v) loses 0.3 of its distance when v doubles

At = Mapping[str, int | mpf]


class NoValue(ArithmeticError):
    """A side has no value at the assignment, or none that is computed here."""


def value(node: Node, at: At, kernel: Kernel | NamedKernels | None) -> mpf:
    """The number that an expression stands for.

    >>> from theory.language.formulas import parse_formula
    >>> print(value(parse_formula("N(d, k)/k"), {"d": 2, "k": 4}, None))
    2.25
    """

    def name(text: str) -> mpf:
        return +mp.pi if text == "pi" else +mp.e if text == "E" else mpf(at[text])

    def inner(part: Inner, values: Sequence[mpf]) -> mpf:
        if isinstance(part, Call):
            return _call(part.name, values, at, kernel)
        return _operation(part.op, *values)

    return fold(node, lambda number: mpf(number.numerator) / number.denominator, name, inner)


def _operation(op: str, left: mpf, right: mpf) -> mpf:
    try:
        result = ARITHMETIC[op](left, right)
    except ZeroDivisionError as error:
        raise NoValue(op) from error
    return _real(result)


def _real(result: object) -> mpf:
    if not isinstance(result, mpf) or not mp.isfinite(result):
        raise NoValue(str(result))
    return result


def _call(name: str, args: Sequence[mpf], at: At, kernel: Kernel | NamedKernels | None) -> mpf:
    if isinstance(kernel, NamedKernels):
        kernel, name = kernel.spoken_of(name) if "." in name else (None, name)
    if name in ("mu", "a"):
        dim = _index(args[1], 1) if len(args) == 2 else int(at["d"])
        degree = _index(args[0], 0)
        found = eigenvalue(_one(kernel), dim, degree)
        return found if name == "mu" else _operation("/", found * (2 * degree + dim - 1), mpf(dim - 1))
    if name == "N":
        return mpf(multiplicity(_index(args[0], 1), _index(args[1], 0)))
    if name == "lambda":
        return _by_index(_one(kernel), int(at["d"]), _index(args[0], 1))
    if name == "kappa":
        return _kappa(_one(kernel), args[0])
    functions: dict[str, Callable[..., object]] = {"Gamma": mp.gamma, "acos": mp.acos, "asin": mp.asin}
    functions |= {"abs": mp.fabs, "max": max, "min": min}
    if name == "b":
        return _maclaurin(_one(kernel), _index(args[0], 0))
    try:
        return _real((functions.get(name) or getattr(mp, name))(*args))
    except (ValueError, ZeroDivisionError) as error:
        raise NoValue(name) from error


def _one(kernel: Kernel | None) -> Kernel:
    """The kernel that mu, a, b and kappa are of; in place of a family there is none."""
    if kernel is None:
        raise NoValue("no kernel")
    return kernel


def _maclaurin(kernel: Kernel, n: int) -> mpf:
    """b_n by differences of kappa about 0; out of reach for large n."""
    from theory.spectra.routes.oracle import kappa

    if n > MOST_DERIVATIVES:
        raise NoValue(f"b({n})")
    key = kernel, -1, n
    if key not in _eigenvalues:
        found = _real(mp.re(mp.diff(lambda t: kappa(kernel, t), 0, n)) / mp.factorial(n))
        # Differences leave rounding where the coefficient is 0; those that are not are far larger.
        _eigenvalues[key] = mp.chop(found, tol=SLACK)
    return _eigenvalues[key]


def _index(number: mpf, least: int) -> int:
    if number != int(number) or number < least:
        raise NoValue(f"index {number}")
    return int(number)


_eigenvalues: dict[tuple[object, int, int], mpf] = {}


def eigenvalue(kernel: Kernel, dim: int, degree: int) -> mpf:
    """The midpoint of a certified enclosure of mu_k."""
    key = kernel, dim, degree
    if key not in _eigenvalues:
        middle = spectrum(kernel, dim, degree, DIGITS).eigenvalues[0].enclosure
        number = (middle.lower + middle.upper) / 2
        _eigenvalues[key] = mpf(number.numerator) / number.denominator
    return _eigenvalues[key]


def _by_index(kernel: Kernel, dim: int, i: int) -> mpf:
    """The i-th largest eigenvalue; out of reach where the order is not certain."""
    try:
        groups = _largest(kernel, dim, 1 << (i - 1).bit_length())
    except (NotCertified, ValueError) as error:
        raise NoValue(f"lambda({i})") from error
    degree = next((group.degrees[0] for group in groups if group.first <= i <= group.last), None)
    if degree is None:
        raise NoValue(f"lambda({i})")
    return eigenvalue(kernel, dim, degree)


@lru_cache(maxsize=256)
def _largest(kernel: Kernel, dim: int, count: int) -> tuple[Ranked, ...]:
    return largest_eigenvalues(kernel, dim, count)


def _kappa(kernel: Kernel, t: mpf) -> mpf:
    from theory.spectra.routes.oracle import kappa

    return _real(kappa(kernel, t))


def is_false(statement: Statement) -> str | None:
    """What was seen that a true statement cannot show, None if nothing was.

    >>> from theory.language.statement import parse_statement
    >>> is_false(parse_statement("mu(1) = 2/(d+1)", "NTK(depth=2)"))
    'd=1: 0.5 = 1.0'
    >>> is_false(parse_statement("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=2)", ["k even"]))
    """
    with mp.workdps(DIGITS):
        if not statement.is_asymptotic:
            return _violated(statement)
        seen = (_refused(statement, names, fixed) for names, fixed in _rays(statement))
        return next((what for what in seen if what is not None), None)


def witness(statement: Statement) -> dict[str, object] | None:
    """The first ray on which an order of growth is seen to be false, with its last quotients; None if none is.

    Where a side vanishes again and again, the first place where it does.

    >>> from theory.language.statement import parse_statement
    >>> witness(parse_statement("mu(1) = Omega(1) as d -> oo", "NTK(depth=2)"))
    {'d': '256, 512, 1024', 'left/right': '0.00389105, 0.00194932, 0.00097561'}
    """
    if not statement.is_asymptotic:
        return None
    with mp.workdps(DIGITS):
        for names, fixed in _rays(statement):
            if names == ("t",):
                continue
            for points, quotients in _doublings(statement, names, fixed):
                if _forbidden(statement.relation, quotients) is not None:
                    if quotients[-1] == 0 and len(names) == 1:
                        return _first_zero(statement, names[0], fixed)
                    shown = {name: ", ".join(str(at[name]) for at in points[-3:]) for name in names}
                    values = ", ".join(mp.nstr(quotient, 6) for quotient in quotients[-3:])
                    return {**fixed, **shown, "left/right": values}
    return None


def _first_zero(statement: Statement, name: str, fixed: dict[str, int]) -> dict[str, object]:
    for v in statement.range(name).values(DOUBLINGS[0]):
        try:
            left, right = _sides(statement, {**fixed, name: v})
        except NoValue:
            continue
        if left == 0 and right != 0:
            return {**fixed, name: v, "left": "0", "right": mp.nstr(right, 6)}
    raise ArithmeticError(f"{statement.text} vanishes at {name} = {DOUBLINGS[-1]} and nowhere before")


def _doublings(
    statement: Statement, names: tuple[str, ...], fixed: dict[str, int]
) -> Iterator[tuple[list[dict[str, int]], list[mpf]]]:
    """(assignments, quotients) as the growing variables double, for each parity that they may have."""
    ranges = [w for w in statement.ranges if w.name in names]
    doublings = FEW_DOUBLINGS if names == ("L",) else DOUBLINGS if statement.family is None else DEEP_DOUBLINGS
    for start in sorted({0} | ({1} if any(w.parity is None for w in ranges) else set())):
        points = [
            {**fixed, **{w.name: v + (start if w.parity is None else w.parity) for w in ranges}} for v in doublings
        ]
        try:
            yield points, [_quotient(statement, at) for at in points]
        except (NoValue, OverflowError):
            continue


def _violated(statement: Statement) -> str | None:
    for at in _instances(statement):
        try:
            left, right = _sides(statement, at)
        except NoValue:
            continue
        if not _satisfied(left, right, statement.relation):
            where = ", ".join(f"{name}={mp.nstr(mpf(v), 6).removesuffix('.0')}" for name, v in at.items())
            return f"{where or 'everywhere'}: {mp.nstr(left, 6)} {statement.relation} {mp.nstr(right, 6)}"
    return None


def _satisfied(left: mpf, right: mpf, relation: str) -> bool:
    """Whether the relation may be true, equality up to SLACK."""
    apart = abs(left - right) > SLACK * max(abs(left), abs(right))
    match relation:
        case "=":
            return not apart
        case "!=":
            return apart
        case "<" | "<=":
            return left < right if apart else relation == "<="
    return left > right if apart else relation == ">="


def _instances(statement: Statement) -> Iterator[At]:
    names = [w.name for w in statement.ranges]
    near = [w.values(NEAR[w.name]) for w in statement.ranges]
    values: list[list[int | mpf]] = [list(v) for v in near]
    if "t" in variables(statement.left) | variables(statement.right):
        names, values = [*names, "t"], [*values, list(POINTS)]
    yield from (dict(zip(names, point, strict=True)) for point in product(*values))
    first = {name: v[0] for name, v in zip(names, values, strict=True)}
    for where in statement.ranges:
        for far in FAR[where.name]:
            if where.most is None and far >= where.least and (far - where.least) % where.step == 0:
                yield {**first, where.name: far}


def _rays(statement: Statement) -> Iterator[tuple[tuple[str, ...], dict[str, int]]]:
    """(variables that grow together, the others' values)."""
    growing: list[tuple[str, ...]]
    if isinstance(statement.limit, tuple):
        growing = [(statement.limit[0],)]
    else:
        free = [w.name for w in statement.ranges if w.most is None]
        growing = [*((name,) for name in free), *([tuple(free)] if len(free) > 1 else [])]
        assert statement.limit == UNIFORMLY
    for names in growing:
        others = [w for w in statement.ranges if w.name not in names]
        count = FIXED if statement.family is None else DEEP_FIXED
        for point in product(*(w.values(count) for w in others)):
            yield names, {w.name: v for w, v in zip(others, point, strict=True)}


def _refused(statement: Statement, names: tuple[str, ...], fixed: dict[str, int]) -> str | None:
    """Why one ray refutes the relation, None if it does not."""
    if names == ("t",):
        return _refused_near(statement, fixed)
    where = ", ".join([*(f"{n}={v}" for n, v in fixed.items()), f"{' = '.join(names)} -> oo"])
    for _, quotients in _doublings(statement, names, fixed):
        seen = _forbidden(statement.relation, quotients)
        if seen is not None:
            return f"{where}: {seen}"
    return None


def _refused_near(statement: Statement, fixed: dict[str, int]) -> str | None:
    """As `_refused`, for t that comes to 1, -1 or, from both sides, 0."""
    assert isinstance(statement.limit, tuple)
    place = int(statement.limit[1])
    for sign in (-place,) if place else (1, -1):
        try:
            quotients = [_quotient(statement, {**fixed, "t": place + sign / mpf(v)}) for v in NEAR_END]
        except NoValue:
            continue
        seen = _forbidden(statement.relation, quotients)
        if seen is not None:
            return ", ".join([*(f"{n}={v}" for n, v in fixed.items()), f"t -> {place}: {seen}, v = 1/u"])
    return None


def _kernel_of(statement: Statement) -> Kernel | NamedKernels | None:
    """The kernel of a statement of one depth, None where it speaks of no kernel."""
    assert not isinstance(statement.kernel, DepthFamily)
    return statement.kernel


def _sides(statement: Statement, at: At) -> tuple[mpf, mpf]:
    """The numbers on both sides; of a family the kernel of that depth."""
    kernel = _kernel_of(statement) if statement.family is None else kernel_at(statement.family, int(at["L"]))
    return value(statement.left, at, kernel), value(statement.right, at, kernel)


def _quotient(statement: Statement, at: At) -> mpf:
    """|left/right|, infinite where the right side alone is 0; where both are, what the relation allows: 0 = o(0)."""
    left, right = _sides(statement, at)
    if right == 0:
        return mpf(statement.relation != "o") if left == 0 else mp.inf
    return abs(left / right) if statement.relation != "~" else left / right


def _forbidden(relation: str, quotients: list[mpf]) -> str | None:
    """Whether left/right at doubled values does what the relation forbids."""
    if relation == "~":
        away = [abs(q - 1) for q in quotients]
        kept = all(far > SHRINKING * near for near, far in zip(away[-4:], away[-3:], strict=False))
        return f"left/right = {mp.nstr(quotients[-1], 6)}, not tending to 1" if kept and away[-1] > SLACK else None
    slopes = [_slope(near, far) for near, far in zip(quotients[-4:], quotients[-3:], strict=False)]
    falls, grows = max(slopes) < -DRIFT, min(slopes) > DRIFT
    text = f"left/right ~ v**{mp.nstr(slopes[-1], 3)}"
    match relation:
        case "O":
            return text if grows else None
        case "Omega":
            return text if falls else None
        case "Theta":
            return text if grows or falls else None
    return text if min(slopes) > -DRIFT / 4 else None  # o


def _slope(near: mpf, far: mpf) -> mpf:
    """The exponent between a value and its double."""
    if 0 in (near, far) or mp.inf in (near, far):
        return -mp.inf if far == 0 else mp.inf if far == mp.inf else mpf(0)
    return mp.log(far / near, 2)
