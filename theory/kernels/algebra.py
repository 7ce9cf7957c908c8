"""What every kernel shares: exactness, the constructor-call repr, sums, products, composition."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any, ClassVar

from theory.kernels.dispatch import by_kernel
from theory.numbers.evaluated import evaluation
from theory.numbers.shown import display
from theory.numbers.truth import all_known

Rational = int | Fraction
MAX_DIGITS = 60  # of a numerator or denominator: larger ones only slow every route down
DECLARED: dict[str, type[Kernel]] = {}  # every class of kernels by its name, here and in anybody's file


class Kernel:
    """Base of all kernels: sums, products and positive rational multiples.

    A class is a frozen dataclass and known by its name from its declaration on; a name is taken once. It says
    what it is by its `definition`, and registers what it knows better where that is asked (`by_kernel`).

    >>> from theory.kernels import ArcCosine, NTK
    >>> ArcCosine(0) + 1/2 * NTK(depth=2)
    Traceback (most recent call last):
    TypeError: a kernel's factor must be an exact rational, got 0.5: write Fraction(1, 2)
    >>> ArcCosine(0) + Fraction(1, 2) * NTK(depth=2)
    ArcCosine(order=0) + 1/2 * NTK(depth=2)
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]  # every class of kernels is a dataclass
    unnamed: ClassVar[tuple[str, ...]] = ()  # fields that repr writes without their name
    example: ClassVar[str] = ""  # a kernel of the class, which a shell offers at TAB

    def __init_subclass__(cls) -> None:
        name, found = cls.__name__, DECLARED.get(cls.__name__)
        if concrete := next(filter(is_dataclass, cls.__mro__[1:]), None):
            raise ValueError(f"class {name}: derived from {concrete.__name__}, which is a kernel; allowed: from Kernel")
        if any(isinstance(value, Field) and not value.compare for value in vars(cls).values()):
            raise ValueError(f"class {name}: compare=False, so that different kernels would be equal; allowed: no such")
        # A dataclass with slots is made twice, and a cell of a notebook is run again: then it is the same module.
        if found is not None and found.__module__ != cls.__module__:
            raise ValueError(f"class {name}: the name is taken by {found.__module__}.{name}")
        if not name.startswith("_"):
            DECLARED[name] = cls

    def __add__(self, other: Kernel) -> Kernel:
        return Sum((self, other)) if isinstance(other, Kernel) else NotImplemented

    def __mul__(self, other: Kernel | Rational) -> Kernel:
        return Product((self, other)) if isinstance(other, Kernel) else self.__rmul__(other)

    def __rmul__(self, factor: Rational) -> Kernel:
        if not is_rational(factor):
            raise TypeError(f"a kernel's factor must be an exact rational, got {factor!r}: write Fraction(1, 2)")
        return Multiple(Fraction(factor), self)

    def __repr__(self) -> str:
        shown = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.default is MISSING or value != field.default:
                shown.append(text(value) if field.name in self.unnamed else f"{field.name}={text(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"

    @property
    def definition(self) -> Kernel | None:
        """The same function of t, made of other kernels; None for those that every function knows by itself."""
        return self.reduced

    @property
    def reduced(self) -> Kernel | None:
        """The same function of t by kernels of which more is known; None for most values, and most classes."""
        return None

    def value_at(self, t: Fraction) -> Fraction | None:
        """kappa(t) for a rational t where it is a finite sum of rationals, else None."""
        return None if self.definition is None else self.definition.value_at(t)

    def __call__(self, t: Any, digits: int | None = None) -> Any:
        """kappa(t): of a number a float; of an array or a torch tensor one of its kind, float64; with `digits`, of an
        int, a Fraction or the exact value of a float, an `Enclosure` that rounds to so many.

        Floats are as precise at t = 1 and t = -1 as between. Of torch they have derivatives, infinite where kappa's
        are. t may leave [-1, 1] by 1e-13, as rounded scalar products do. Raises ValueError elsewhere.

        >>> from theory.kernels import NTK
        >>> NTK(depth=2)(0.5)
        0.9423311143775626
        >>> NTK(depth=2)(Fraction(1, 2), digits=30).decimal(30)[0]
        '0.942331114377562...'
        """
        return evaluation().value(self, t, digits)

    def gram(self, X: Any, Z: Any = None, *, normalize: bool = False) -> Any:
        """kappa of all rows x of X (n, coordinates) and z of Z (m, coordinates), or of X: an array (n, m) of float64.

        NumPy in, NumPy out; torch in, torch out, on its device, differentiable (where x = z, as a point moves with
        itself). Of points of any norm: ReLU kernels as their networks (homogeneous, or with their biases), Laplace,
        Gaussian, ExponentialPower and Matern of |x - z|, PowerSeries of <x, z>, and sums and products of them. Any
        other kernel is a function of the angle and refuses norms that are not 1, up to 1e-6; normalize=True divides
        by the norms, for every kernel.

        >>> from theory.kernels import NNGP
        >>> NNGP(depth=2).gram([[3.0, 4.0], [0.0, 1.0]]).diagonal()
        array([25.,  1.])
        """
        return evaluation().gram(self, X, Z, normalize)

    def _repr_latex_(self) -> str | None:
        return display().kernel_latex(self)


def declared() -> dict[str, type[Kernel]]:
    """The classes of values that are written as a call, by name: what has its own text, as a sum, has its own grammar.

    Of a class from outside the package the definition is all that verdicts rest on: without one it is left out.

    >>> declared()["Compose"], "Sum" in declared()
    (<class 'theory.kernels.algebra.Compose'>, False)
    """
    return {
        name: one
        for name, one in DECLARED.items()
        if is_dataclass(one)
        and one.__hash__ is not None
        and one.__repr__ is Kernel.__repr__
        and (one.definition is not Kernel.definition or one.__module__.startswith(__package__))
    }


def text(value: object) -> str:
    """A field in the text form: 1/2 for a rational, double quotes around a string.

    >>> text((Fraction(1, 2),)), text("relu")
    ('(1/2,)', '"relu"')
    """
    if isinstance(value, tuple):
        return f"({', '.join(map(text, value))}{',' if len(value) == 1 else ''})"
    return f'"{value}"' if isinstance(value, str) else str(value)


def is_rational(value: object) -> bool:
    """Whether a value is an exact rational number (True and False are not)."""
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def check_int(kernel: Kernel, name: str, low: int, high: int) -> None:
    """Raise unless the field is an integer from low to high."""
    value = getattr(kernel, name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{type(kernel).__name__}: {name} must be an integer from {low} to {high}, got {value!r}")


def check_rational(kernel: Kernel, name: str, above: int | None = None, most: int | None = None) -> None:
    """Raise unless the field is a rational of bounded size with above < value <= most."""
    value = getattr(kernel, name)
    what = f"{type(kernel).__name__}: {name} must be an exact rational"
    if not is_rational(value):
        raise ValueError(f"{what} (write Fraction(1, 2), not 0.5), got {value!r}")
    if (above is not None and value <= above) or (most is not None and value > most):
        bounds = [f"> {above}"] * (above is not None) + [f"<= {most}"] * (most is not None)
        raise ValueError(f"{what} {' and '.join(bounds)}, got {value}")
    check_size(type(kernel).__name__, value)


def check_size(what: str, value: Rational) -> None:
    """Raise for numbers of more than MAX_DIGITS digits."""
    if max(abs(value.numerator), value.denominator) >= 10**MAX_DIGITS:
        raise ValueError(f"{what}: a number has more than {MAX_DIGITS} digits")


@by_kernel()
def value_at_one(kernel: Kernel) -> Fraction | None:
    """kappa(1) where it is known to be rational, else None; every class of kernels registers its own.

    >>> from theory.kernels import Dual
    >>> value_at_one(Dual("abs")), value_at_one(Dual("erf"))
    (Fraction(1, 1), None)
    """
    raise TypeError(f"not a kernel: {kernel!r}")


def diagonal(kernel: Kernel) -> Fraction:
    """kappa(1), the trace sum_k N(d,k) mu_k of the kernel, exact.

    Raises ValueError where it is not known to be rational; `theory.spectra.functionals.trace` encloses it.

    >>> from theory.kernels import NTK, ArcCosine
    >>> diagonal(NTK(depth=2, layer_scales=(Fraction(1, 2), 1))), diagonal(ArcCosine(3))
    (Fraction(3, 2), Fraction(15, 1))
    """
    value = value_at_one(kernel)
    if value is None:
        raise ValueError(f"kappa(1) of {kernel!r} is not known to be rational")
    return value


@dataclass(frozen=True, slots=True)
class Sum(Kernel):
    """K + K + ..., kept flat.

    >>> from theory.kernels import NNGP
    >>> len(Sum((NNGP(1), Sum((NNGP(2), NNGP(3))))).parts)
    3
    """

    parts: tuple[Kernel, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", _flat(self))

    def __repr__(self) -> str:
        return " + ".join(map(repr, self.parts))


@value_at_one.register(Sum)
def _sum_at_one(kernel: Sum) -> Fraction | None:
    values = all_known(map(value_at_one, kernel.parts))
    return None if values is None else sum(values, Fraction(0))


@dataclass(frozen=True, slots=True)
class Product(Kernel):
    """K * K * ..., pointwise, kept flat."""

    parts: tuple[Kernel, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", _flat(self))

    def __repr__(self) -> str:
        return " * ".join(f"({p!r})" if isinstance(p, Sum | Multiple) else repr(p) for p in self.parts)


@value_at_one.register(Product)
def _product_at_one(kernel: Product) -> Fraction | None:
    values = all_known(map(value_at_one, kernel.parts))
    return None if values is None else prod(values, start=Fraction(1))


@dataclass(frozen=True, slots=True)
class Multiple(Kernel):
    """A positive rational multiple of a kernel."""

    factor: Fraction
    kernel: Kernel

    def __post_init__(self) -> None:
        if not is_rational(self.factor) or self.factor <= 0:
            raise ValueError(f"a kernel's factor must be a positive rational, got {self.factor}")
        check_size("a kernel's factor", self.factor)
        object.__setattr__(self, "factor", Fraction(self.factor))

    @property
    def parts(self) -> tuple[Kernel, ...]:
        """The one kernel that it is made of."""
        return (self.kernel,)

    def __repr__(self) -> str:
        compound = isinstance(self.kernel, Sum | Multiple | Product)
        return f"{self.factor} * {f'({self.kernel!r})' if compound else repr(self.kernel)}"


@value_at_one.register(Multiple)
def _multiple_at_one(kernel: Multiple) -> Fraction | None:
    value = value_at_one(kernel.kernel)
    return None if value is None else kernel.factor * value


@dataclass(frozen=True, slots=True, repr=False)
class Compose(Kernel):
    """outer(inner(t)); the inner kernel must map [-1, 1] into [-1, 1].

    What is known exactly, inner(1) <= 1, is checked here, the rest by the routes.

    >>> from theory.kernels import NNGP, NTK
    >>> Compose(NNGP(2), NNGP(2))
    Compose(NNGP(depth=2), NNGP(depth=2))
    >>> Compose(NNGP(2), NTK(2))
    Traceback (most recent call last):
    ValueError: Compose: the inner kernel must map [-1, 1] into itself, but NTK(depth=2) is 2 at t = 1
    """

    unnamed: ClassVar[tuple[str, ...]] = ("outer", "inner")
    example: ClassVar[str] = "Compose(NNGP(depth=2), NNGP(depth=2))"
    outer: Kernel
    inner: Kernel

    def __post_init__(self) -> None:
        for role, kernel in (("outer", self.outer), ("inner", self.inner)):
            if not isinstance(kernel, Kernel):
                raise ValueError(f"Compose: {role} must be a kernel, got {kernel!r}")
        at_one = value_at_one(self.inner)
        if at_one is not None and abs(at_one) > 1:
            raise ValueError(
                f"Compose: the inner kernel must map [-1, 1] into itself, but {self.inner!r} is {at_one} at t = 1"
            )

    @property
    def parts(self) -> tuple[Kernel, ...]:
        """The two kernels that it is made of."""
        return (self.outer, self.inner)


@value_at_one.register(Compose)
def _compose_at_one(kernel: Compose) -> Fraction | None:
    at_one = value_at_one(kernel.inner)
    if at_one is None:
        return None
    return value_at_one(kernel.outer) if at_one == 1 else kernel.outer.value_at(at_one)


@lru_cache(maxsize=1024)
def written_out(kernel: Kernel) -> Kernel:
    """The same function of t without kernels that are defined by others.

    What asks for one certain kernel, and the second routes, which are to share nothing with what a class
    registers of itself, look at this; so it is closed, and no class registers here.

    Raises ValueError where a definition is refused or no kernel.

    >>> from theory.kernels import NTK
    >>> written_out(2 * NTK(depth=2))
    2 * NTK(depth=2)
    """
    match kernel:
        case Sum(parts) | Product(parts):
            return type(kernel)(tuple(map(written_out, parts)))
        case Multiple(factor, one):
            return Multiple(factor, written_out(one))
        case Compose(outer, inner):
            return Compose(written_out(outer), written_out(inner))
    try:
        definition = kernel.definition
    except ValueError as error:
        raise ValueError(f"the definition of {kernel!r}: {error}") from None
    if not isinstance(definition, Kernel | None):
        raise ValueError(f"the definition of {kernel!r} must be a kernel, got {definition!r}")
    return kernel if definition is None else written_out(definition)


def check_kernel(kernel: object) -> None:
    """Raise ValueError, with the way from text to a kernel, for anything but a kernel whose definition has an end."""
    if not isinstance(kernel, Kernel):
        raise ValueError(f"a kernel is needed, got {kernel!r}; parse_kernel reads text")
    try:
        written_out(kernel)
    except RecursionError:
        raise ValueError(f"{kernel!r:.60} is nested too deeply, or defined by itself") from None


def _flat(kernel: Sum | Product) -> tuple[Kernel, ...]:
    kind, what = type(kernel), type(kernel).__name__
    if not isinstance(kernel.parts, tuple) or not all(isinstance(p, Kernel) for p in kernel.parts):
        raise ValueError(f"{what}: parts must be a tuple of kernels, got {kernel.parts!r}")
    flat = tuple(q for p in kernel.parts for q in (p.parts if isinstance(p, kind) else (p,)))
    if len(flat) < 2:
        raise ValueError(f"{what}: at least two kernels are needed, got {len(flat)}")
    return flat
