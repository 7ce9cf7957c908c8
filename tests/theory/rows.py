"""Rows of a table of statements, and an independent witness: facts 1 and 2 of CONVENTIONS.md in mpmath."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath as mp

from tests.reading import value_of
from theory.language.statement import parse_statement
from theory.numbers.truth import Truth
from theory.statements.decide import SECONDS, Verdict, decide

NTK2, CAO = "NTK(depth=2)", "NTK(depth=2, layer_scales=(1/2, 1))"
STEP, RELU = "ArcCosine(order=0)", "ArcCosine(order=1)"
HOLDS, FAILS = Truth.HOLDS, Truth.FAILS
SHAPE = "d**d*k**(k-1)*(k+d)**(-k-d)"
CONSTANT = "2**d*Gamma((d+1)/2)**2/pi**2"
CAP = "Gamma((d+1)/2)/(4*Gamma((3-k)/2)*Gamma((k+d+2)/2))"  # c_k(1) of fact 1


@dataclass(frozen=True)
class Row:
    """A statement and its truth; how the truth is known stands beside it."""

    truth: Truth
    says: str
    kernel: str | None = None
    where: tuple[str, ...] = ()


def row(truth: Truth, kernel: str | None, says: str, *where: str) -> Row:
    return Row(truth, says, kernel, where)


def verdict_of(given: Row, seconds: float = SECONDS) -> Verdict:
    """What `decide` says within some seconds."""
    return decide(parse_statement(given.says, given.kernel, given.where), seconds)


def text_of(given: Row) -> str:
    """A row as the name of its test."""
    return f"{given.says} [{', '.join(given.where)}] {given.kernel}"


def cap(dim: int, degree: int, order: int) -> mp.mpf:
    """c_k(a) of fact 1."""
    return (
        mp.gamma(mp.mpf(dim + 1) / 2)
        * mp.gamma(order + 1)
        / 2 ** (order + 1)
        * mp.rgamma(mp.mpf(order - degree) / 2 + 1)
        * mp.rgamma(mp.mpf(order + degree + dim + 1) / 2)
    )


def witness(kernel: str, degree: int, dim: int) -> mp.mpf:
    """mu_k by facts 1 and 2; t k0 from the three-term recurrence."""
    if kernel == STEP:
        return 2 * cap(dim, degree, 0) ** 2
    relu = 2 * (dim + 1) * cap(dim, degree, 1) ** 2
    if kernel == RELU:
        return relu
    whole = 2 * cap(dim, degree, 1) ** 2 * (degree * (degree + dim - 1) + dim + 2)
    return whole if kernel == NTK2 else (whole - relu) / 2 + relu


def side_in_mpmath(text: str, kernel: str | None, at: dict[str, Any]) -> mp.mpf:
    """A side of our own table by mpmath, the text read as Python reads it."""

    def multiplicity(dim: int, degree: int) -> mp.mpf:
        if degree == 0:
            return mp.mpf(1)
        return (2 * degree + dim - 1) / mp.mpf(degree) * mp.binomial(degree + dim - 2, dim - 1)

    def mu(degree: int, dim: int | None = None) -> mp.mpf:
        degree, dim = int(degree), int(at["d"] if dim is None else dim)
        if degree < 0:
            raise ZeroDivisionError
        return witness(str(kernel), degree, dim)

    def coefficient(degree: int) -> mp.mpf:
        return mu(degree) * (2 * degree + at["d"] - 1) / (at["d"] - 1)

    def maclaurin(index: int) -> mp.mpf:
        return mp.taylor(lambda t: kappa(t), 0, int(index))[int(index)]

    def kappa(t: mp.mpf) -> mp.mpf:
        return (2 * t * (mp.pi - mp.acos(t)) + mp.sqrt(1 - t**2)) / mp.pi  # NTK(depth=2)

    names = {
        "pi": mp.pi,
        "E": mp.e,
        "Gamma": mp.gamma,
        "factorial": mp.factorial,
        "binomial": mp.binomial,
        "sqrt": mp.sqrt,
        "sin": mp.sin,
        "cos": mp.cos,
        "acos": mp.acos,
        "mu": mu,
        "N": multiplicity,
        "a": coefficient,
        "b": maclaurin,
        "kappa": kappa,
        **at,
    }
    return mp.mpf(1) * value_of(text, names)


def assert_real(given: Row, counterexample: dict[str, Any]) -> None:
    """The sides at the counterexample, by mpmath, violate the relation or have no value."""
    at = {name: Fraction(v) for name, v in counterexample.items() if name in "kndt"}
    match = re.fullmatch(r"(.*?) (=|!=|<=|>=|<|>) (.*)", given.says)
    if "law" in counterexample or match is None:
        return
    with mp.workdps(60):
        try:
            left, right = (side_in_mpmath(text, given.kernel, at) for text in match.group(1, 3))
        except (ZeroDivisionError, ValueError):
            assert "undefined" in str(counterexample["left"])
            return
        assert "undefined" not in str(counterexample["left"])
        # 60 digits were used, so what differs by more than 1e-45 of its size differs.
        gap = mp.mpf("1e-45") * (1 + abs(left))
        sign = 0 if abs(left - right) < gap else mp.sign(left - right)
        holds = {"=": sign == 0, "!=": sign != 0, "<": sign < 0, ">": sign > 0, "<=": sign <= 0, ">=": sign >= 0}
        assert not holds[match.group(2)]
