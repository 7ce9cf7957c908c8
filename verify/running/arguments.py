"""Reading what a user wrote: each value parsed, never evaluated, or a BadRequest that says what is allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from theory.numbers.nearest import suggestion
from theory.numbers.rationals import read_rational
from verify.running.console import PROGRAM, BadRequest

if TYPE_CHECKING:
    from theory.kernels import Kernel
    from theory.kernels.depth_families import DepthFamily

MAX_DEGREE = 10**9
MOST_BESIDE = 1000  # files of a folder that are looked at for a name like a mistyped one


def read_kernel(text: str) -> Kernel:
    """The kernel a user wrote; parsed, never evaluated.

    >>> read_kernel("NTK( depth = 2 )")
    NTK(depth=2)
    """
    from theory.kernels.parse import is_family, parse_kernel

    try:
        return parse_kernel(text)
    except ValueError:
        if is_family(text):
            says = "leaves the depth L open, as decay, derive and check allow; allowed here: a number in place of L"
            raise BadRequest(f"{text!r} {says}") from None
        raise


def read_kernel_or_family(text: str) -> Kernel | DepthFamily:
    """A kernel, or a kernel of every depth L.

    >>> read_kernel_or_family("NTK(depth=L)"), read_kernel_or_family("NTK(depth=2)")
    (NTK(depth=L), NTK(depth=2))
    """
    from theory.kernels.parse import is_family

    if not is_family(text):
        return read_kernel(text)
    from theory.language.families import deep_family  # only here: it takes long to load

    return deep_family(text)


def read_dim(text: str, what: str = "--dim") -> int | Fraction:
    """The dimension d of S^d: an integer, an exact decimal or a fraction.

    >>> read_dim("2"), read_dim("2.5"), read_dim("5/2")
    (2, Fraction(5, 2), Fraction(5, 2))
    """
    from theory.spectra.sphere import MAX_DIM, check_dim

    allowed = f"allowed: a number >= 1 and <= {MAX_DIM} such as 2, 2.5 or 5/2 (the dimension d of the sphere S^d)"
    if (number := read_rational(text)) is None:
        raise BadRequest(f"{what}: {text!r} is no exact decimal or fraction, {allowed}")
    return check_dim(number)


def read_degrees(text: str, what: str = "--degrees") -> range:
    """A:B, both ends included, or K.

    >>> read_degrees("0:5"), read_degrees("3")
    (range(0, 6), range(3, 4))
    """
    first, colon, last = text.partition(":")
    ends = [first, last] if colon else [first, first]
    whole = all(re.fullmatch("[0-9]{1,10}", end) for end in ends)
    if not whole or not int(ends[0]) <= int(ends[1]) <= MAX_DEGREE:
        raise BadRequest(f"{what}: got {text!r}, allowed: A:B with 0 <= A <= B <= {MAX_DEGREE}, or one K")
    from theory.spectra.spectrum import check_degrees  # only here: it takes long to load

    return check_degrees(range(int(ends[0]), int(ends[1]) + 1))


def read_digits(text: str) -> int:
    """A number of significant digits.

    >>> read_digits("30")
    30
    """
    from theory.numbers.balls import MAX_DIGITS, check_digits

    if not re.fullmatch("-?[0-9]{1,30}", text):
        raise BadRequest(f"--digits: {text!r} is not a number, allowed: an integer from 1 to {MAX_DIGITS}")
    return check_digits(int(text))


def read_count(what: str, text: str, least: int) -> int:
    """A plain integer that is at least `least`.

    >>> read_count("--seed", "7", 0)
    7
    """
    if not re.fullmatch("-?[0-9]{1,12}", text) or int(text) < least:
        most = f" and < {10**12}" if re.fullmatch("[0-9]{13,}", text) else ""
        raise BadRequest(f"{what}: got {text!r}, allowed: an integer >= {least}{most}")
    return int(text)


def read_number(what: str, text: str) -> Fraction:
    """An exact decimal or a fraction.

    >>> read_number("--residual", "0.01"), read_number("--residual", "1/100")
    (Fraction(1, 100), Fraction(1, 100))
    """
    if (number := read_rational(text)) is None:
        raise BadRequest(f"{what}: got {text!r}, allowed: a number such as 2, 0.25 or 1/4")
    return number


def read_bound(what: str, text: str) -> Fraction:
    """A decimal > 0 with an exponent, such as 1e-40.

    >>> read_bound("--absolute", "2.5e-3")
    Fraction(1, 400)
    """
    if not re.fullmatch(r"[0-9]{1,30}(\.[0-9]{1,30})?(e[+-]?[0-9]{1,4})?", text) or not Fraction(text) > 0:
        raise BadRequest(f"{what}: got {text!r}, allowed: a number > 0 such as 1e-40 or 0.001")
    return Fraction(text)


def known(what: str, names: Sequence[str], allowed: Sequence[str], command: str) -> None:
    """Refuse the first name that is not among many, with the nearest that is and the command that lists them.

    >>> known("claim", ["cao-party"], ["cao-parity", "cao-mu1"], "claims")
    Traceback (most recent call last):
    verify.running.console.BadRequest: unknown claim 'cao-party' (did you mean cao-parity?); all 2: spectral-bias claims
    """
    for name in names:
        if name not in allowed:
            close = suggestion(name, allowed)
            raise BadRequest(f"unknown {what} {name[:60]!r}{close}; all {len(allowed)}: {PROGRAM} {command}")


def nearest_file(path: Path) -> str:
    """' (did you mean FILE?)' where there is no such file and one of nearly its name beside; else nothing.

    >>> nearest_file(Path(__file__).with_name("argumnets.py")).endswith("arguments.py?)")
    True
    """
    try:
        beside = [] if path.exists() else [str(one) for one in islice(path.parent.iterdir(), MOST_BESIDE)]
    except (OSError, ValueError):  # no such folder, or no name of a file
        return ""
    return suggestion(str(path), beside)


def one_of(what: str, name: str, allowed: Sequence[str]) -> str:
    """The name if it is allowed, else BadRequest with the nearest allowed one.

    >>> one_of("--format", "jason", ("text", "json"))
    Traceback (most recent call last):
    verify.running.console.BadRequest: --format: unknown name 'jason', allowed: text, json (did you mean json?)
    """
    if name not in allowed:
        close = suggestion(name, list(allowed))
        raise BadRequest(f"{what}: unknown name {name!r}, allowed: {', '.join(allowed)}{close}")
    return name
