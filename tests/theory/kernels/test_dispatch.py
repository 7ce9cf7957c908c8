"""Cases by class, definitions followed, answers kept; names of classes taken once and found in new modules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from theory.kernels import (
    NTK,
    ExpressionError,
    Kernel,
    Laplace,
    Sum,
    Zonal,
    algebra,
    by_kernel,
    check_kernel,
    constructor,
    constructors,
    declared,
    value_at_one,
    written_out,
)
from theory.kernels.parse import parse_kernel

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def own_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test declares is forgotten after it."""
    monkeypatch.setattr(algebra, "DECLARED", dict(algebra.DECLARED))
    yield


def declare(name: str, definition: object, module: str = __name__) -> type[Kernel]:
    body = {"__module__": module, "__slots__": (), "definition": property(lambda kernel: definition)}
    return dataclass(frozen=True, repr=False)(type(name, (Kernel,), body))


def test_a_case_then_the_definition_then_the_body() -> None:
    @by_kernel()
    def asked(kernel: Kernel, more: str = "") -> str:
        return f"body of {type(kernel).__name__}{more}"

    asked.register(Laplace)(lambda kernel, more="": f"case{more}")
    alone, once = declare("Alone", None), declare("Once", Laplace(1))
    twice = declare("Twice", once())
    assert asked(Laplace(1), more="!") == asked(once(), more="!") == asked(twice(), more="!") == "case!"
    assert asked(alone()) == "body of Alone" and asked(declare("Other", NTK(2))()) == "body of NTK"
    asked.register(once)(lambda kernel, more="": "own")
    assert asked(once()) == asked(twice()) == "own" and asked(Laplace(1)) == "case"


def test_answers_are_kept_until_a_case_is_registered() -> None:
    calls = []

    @by_kernel(kept=4)
    def asked(kernel: Kernel) -> int:
        calls.append(kernel)
        return 0

    assert asked(NTK(2)) == asked(NTK(2)) == 0 and len(calls) == 1
    asked.register(NTK)(lambda kernel: 1)
    assert asked(NTK(2)) == 1 and asked(Laplace(1)) == 0 and len(calls) == 2


def test_a_case_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twin: a file of one's own that would say what the kernels of the package are."""

    def one(kernel: Kernel) -> algebra.Fraction:
        return algebra.Fraction(1)

    def other(kernel: Kernel) -> algebra.Fraction:
        return algebra.Fraction(2)

    mine = declare("Mine", Laplace(1))
    for _ in range(2):  # a cell that is run again
        value_at_one.register(mine)(one)
    monkeypatch.setattr(other, "__module__", "elsewhere")
    for known, where in ((NTK, "theory.kernels.relu"), (Sum, "theory.kernels.algebra"), (mine, __name__)):
        with pytest.raises(ValueError, match=f"value_at_one: {known.__name__} has its case already, in {where}"):
            value_at_one.register(known)(other)
    with pytest.raises(ValueError, match="a case is registered for a class of kernels, a dataclass; got Kernel"):
        value_at_one.register(Kernel)(other)
    assert value_at_one(NTK(2)) == 2


def test_a_definition_ends_in_kernels_that_are_known() -> None:
    body = {"__module__": __name__, "__slots__": (), "definition": property(lambda kernel: 2 * kernel)}
    circle = dataclass(frozen=True, repr=False)(type("Circle", (Kernel,), body))
    misread = {**body, "definition": property(lambda kernel: Zonal("expp(t)"))}
    wrong = {
        r"Circle\(\) is nested too deeply, or defined by itself": circle,
        r"the definition of Text\(\) must be a kernel, got 'exp\(t\)'": declare("Text", "exp(t)"),
        r"the definition of Misread\(\): unknown function expp": dataclass(frozen=True, repr=False)(
            type("Misread", (Kernel,), misread)
        ),
    }
    for says, kind in wrong.items():
        with pytest.raises(ValueError, match=says):
            check_kernel(kind())
        with pytest.raises(ExpressionError, match=says):
            parse_kernel(f"2 * {kind.__name__}()")
    with pytest.raises(RecursionError):
        value_at_one(circle())


def test_a_class_from_outside_that_has_no_definition_is_not_named() -> None:
    body = {"__module__": "elsewhere", "__slots__": ()}
    dataclass(frozen=True, repr=False)(type("Nothing", (Kernel,), body))
    assert "Nothing" not in declared() and constructor("Nothing") is None


def test_kernels_that_differ_are_not_equal() -> None:
    body = {"__module__": __name__, "__annotations__": {"a": "int"}, "a": field(compare=False)}
    with pytest.raises(ValueError, match="class Same: compare=False, so that different kernels would be equal"):
        type("Same", (Kernel,), body)


def test_a_name_is_taken_once() -> None:
    first = declare("Mine", Laplace(1))
    assert constructor("Mine") is first and parse_kernel("2 * Mine()") == 2 * first()
    again = declare("Mine", NTK(2))  # a cell that is run again
    assert constructor("Mine") is again is not first
    with pytest.raises(ValueError, match=f"class Mine: the name is taken by {__name__}.Mine"):
        declare("Mine", NTK(2), "elsewhere")
    for name in ("NTK", "Sum"):
        with pytest.raises(ValueError, match=f"class {name}: the name is taken by theory.kernels"):
            declare(name, Laplace(1))
    assert constructor("Mine") is again


def test_a_class_of_kernels_is_a_leaf() -> None:
    with pytest.raises(ValueError, match="class Mine: derived from Laplace, which is a kernel; allowed: from Kernel"):
        type("Mine", (Laplace,), {})


def test_only_what_is_written_as_a_call_can_be_read() -> None:
    declare("_Hidden", Laplace(1))

    @dataclass(repr=False)
    class Changing(Kernel):
        """Not frozen, so that no answer about it could be kept."""

    class Base(Kernel):
        """No dataclass: others derive from it."""

        __slots__ = ()

    assert not {"_Hidden", "Changing", "Base", "Layered", "Sum", "Product", "Multiple", "Kernel"} & set(declared())
    assert constructor("Nothing") is None and Sum.__name__ not in constructors()


def test_a_function_of_kernels_has_every_class_of_the_package_or_its_definition() -> None:
    own = [kind for kind in constructors().values() if kind.__module__.startswith("theory.")]
    definitions = [parse_kernel(kind.example).definition for kind in own]
    assert definitions.count(None) >= 12 and all(isinstance(written_out(d), Kernel) for d in definitions if d)
    assert declare("Bare", Zonal("t"))().value_at(algebra.Fraction(1)) is None


FILE = """
from dataclasses import dataclass, field
from theory.kernels.algebra import Kernel
from theory.kernels.radial import Laplace

@dataclass(frozen=True, slots=True, repr=False)
class Fresh(Kernel):
    @property
    def definition(self):
        return Laplace(2)
"""
ASK = """
from theory.kernels.parse import parse_kernel
from theory.spectra.spectrum import eigenvalue
for text in ("Fresh()", "Laplace(2)"):
    print(eigenvalue(parse_kernel(text), 2, 1, 5).decimal(5)[0])
import theory
from theory.kernels import Fresh
assert theory.Fresh is Fresh
print(hasattr(theory, "Stale"), hasattr(theory.kernels, "Stale"))
"""


def test_a_new_module_of_the_room_is_found_by_itself(tmp_path: Path) -> None:
    for path in (ROOT / "theory").rglob("*.py"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    command = [sys.executable, "-c", ASK]

    def asked() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)

    assert "unknown kernel Fresh" in asked().stderr
    (tmp_path / "theory" / "kernels" / "fresh.py").write_text(FILE, encoding="utf-8")
    done = asked()
    fresh, laplace, *unknown = done.stdout.split()
    assert fresh == laplace and unknown == ["False", "False"]
