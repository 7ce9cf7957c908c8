"""`spectral-bias table`: a table from kernels on the command line or from a TOML file.

kernels = ["NTK(depth=2)", { kernel = "NTK(depth=3)", title = "three layers" }]
dims = [2, 3]
degrees = "0:6"
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theory.numbers.nearest import suggestion
from verify.running.arguments import nearest_file, read_degrees, read_digits, read_dim, read_kernel
from verify.running.console import BadRequest

if TYPE_CHECKING:  # what computes is loaded after the request is read
    from theory.kernels import Kernel
    from theory.text.paper_tables import TableRequest

KEYS = (
    "kernels",
    "dims",
    "degrees",
    "digits",
    "show",
    "laws",
    "multiplicity",
    "convention",
    "route",
    "caption",
    "label",
    "longtable",
)
NEEDED = ("kernels", "dims", "degrees")
TYPES = {
    "digits": int,
    "laws": bool,
    "multiplicity": bool,
    "longtable": bool,
    "convention": str,
    "route": str,
    "caption": str,
    "label": str,
}
NAMES = {int: "an integer", bool: "true or false", str: "a text"}
MAX_BYTES = 1_000_000
REQUEST = "% request: "


def request_from(
    arguments: list[str],
    dim: str | None,
    degrees: str | None,
    digits: str | None,
    route: str | None,
    convention: str | None,
) -> TableRequest:
    """The table that the command line asks for: kernels and options, or one FILE.toml alone."""
    options = {"--dim": dim, "--degrees": degrees, "--digits": digits, "--route": route, "--convention": convention}
    if is_file(arguments):
        surplus = next((name for name, value in options.items() if value is not None), None)
        if surplus is not None:
            allowed = "allowed: --format, --check, --out"
            raise BadRequest(f"{surplus}: not with {arguments[0]}, which says it; {allowed}")
        return read_request(Path(arguments[0]))
    files = [argument for argument in arguments if argument.endswith(".toml")]
    if files:
        raise BadRequest(f"{files[-1]} stands beside other arguments, allowed: one FILE.toml alone, or kernels")
    for name, value in {"'KERNEL...'": arguments or None, "'--dim'": dim, "'--degrees'": degrees}.items():
        if value is None:
            allowed = 'kernels as "NTK(depth=2)" with --dim and --degrees, or one FILE.toml'
            raise BadRequest(f"missing {name}, allowed: {allowed}")
    assert dim is not None and degrees is not None
    kernels = _distinct("kernels", tuple(read_kernel(text) for text in arguments))
    asked = (read_dim(dim),), read_degrees(degrees), read_digits(digits or "16")
    from theory.spectra.conventions import OURS
    from theory.text.paper_tables import TableRequest

    return TableRequest(kernels, *asked, route=route or "auto", convention=convention or OURS)


def is_file(arguments: list[str]) -> bool:
    """Whether the arguments are one TOML file."""
    return len(arguments) == 1 and arguments[0].endswith(".toml")


def table_text(request: TableRequest, form: str, blocks: bool) -> str:
    """The table: with blocks as a file asks for, else kernels side by side on one sphere."""
    from theory.spectra.spectrum import spectrum
    from theory.text import spectra as tables
    from theory.text.paper_table_formats import render_blocks
    from verify.running.documents import tables_json

    if form == "json":
        return tables_json(request)
    if blocks:
        return render_blocks(request, form)
    asked = request.dims[0], request.degrees, request.digits, request.route
    return tables.render([spectrum(kernel, *asked) for kernel in request.kernels], form, request.convention)


def checked(path: Path, request: TableRequest | None, form: str = "text") -> tuple[str, bool]:
    """(report on a user's LaTeX table, whether every cell is right)."""
    text = read_text(path)
    request = request or request_in(text, str(path))
    if request is None:
        allowed = "allowed with it: kernels and options, or a FILE.toml"
        raise BadRequest(f"{path} has no line {REQUEST.strip()!r}, {allowed}")
    from verify.running.documents import comparison_json
    from verify.tables.check import check_table, report

    compared, wrong = check_table(text, request)
    return (comparison_json if form == "json" else report)(compared, wrong), not wrong


def read_text(path: Path) -> str:
    """A text file of bounded size; BadRequest if there is none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadRequest(f"{path}: larger than {MAX_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadRequest(f"cannot read {str(path)!r}: {error.strerror}{nearest_file(path)}") from None
    except UnicodeDecodeError:
        raise BadRequest(f"{path}: not UTF-8 text") from None


def read_request(path: Path) -> TableRequest:
    """The table that a TOML file asks for."""
    try:
        return request_of(tomllib.loads(read_text(path)), str(path))
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{path}: {error}") from None


def request_in(text: str, where: str) -> TableRequest | None:
    """The request in the comment line of a LaTeX table that we made; None without one."""
    line = next((line for line in text.splitlines() if line.startswith(REQUEST)), None)
    if line is None:
        return None
    try:
        return request_of(json.loads(line.removeprefix(REQUEST)), where)
    except (json.JSONDecodeError, RecursionError):
        raise BadRequest(f"{where}: the comment line {REQUEST.strip()!r} is damaged") from None


def request_of(data: object, where: str) -> TableRequest:
    """A request from its keys; BadRequest names the key and what is allowed.

    >>> request_of({"kernels": ["NTK(depth=2)"], "dims": [2], "degrees": "0:3"}, "x.toml").degrees
    range(0, 4)
    >>> request_of({"kernel": ["NTK(depth=2)"]}, "x.toml")
    Traceback (most recent call last):
    verify.running.console.BadRequest: x.toml: unknown key 'kernel', allowed: kernels, ... (did you mean kernels?)
    """
    if not isinstance(data, Mapping):
        raise BadRequest(f"{where}: a table of keys is needed, allowed: {', '.join(KEYS)}")
    for key, value in data.items():
        if key not in KEYS:
            allowed = f"{', '.join(KEYS)}{suggestion(key, list(KEYS))}"
            raise BadRequest(f"{where}: unknown key {key!r}, allowed: {allowed}")
        kind = TYPES.get(key)
        if kind is not None and type(value) is not kind:
            raise BadRequest(f"{where}: {key} must be {NAMES[kind]}, got {value!r}")
        if isinstance(value, str) and not value.isprintable():
            raise BadRequest(f"{where}: {key} must be one line of text")
    for key in NEEDED:
        if key not in data:
            raise BadRequest(f"{where}: key {key} is missing, needed: {', '.join(NEEDED)}")
    try:
        kernels, titles = _kernels(data["kernels"])
        rest = {key: value for key, value in data.items() if key in TYPES}
        if "show" in data:
            rest["show"] = tuple(_list("show", data["show"], str, "columns"))
        given = _list("dims", data["dims"], (int, str, float), "numbers >= 1")
        dims = _distinct("dims", tuple(read_dim(str(d), "dims") for d in given))
        degrees = read_degrees(str(data["degrees"]), "degrees")
        from theory.text.paper_tables import TableRequest

        return TableRequest(_distinct("kernels", kernels), dims, degrees, titles=titles, **rest)
    except ValueError as error:
        raise BadRequest(f"{where}: {error}") from None


def _list(key: str, value: object, kind: type | tuple[type, ...], what: str) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(v, kind) and not isinstance(v, bool) for v in value):
        raise BadRequest(f"{key} must be a list of {what}, got {value!r}")
    return value


def _distinct(key: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values, of which there is one at least and none twice."""
    if not values:
        raise BadRequest(f"{key}: none is given, allowed: one or more")
    twice = next((str(v) for v, count in Counter(values).items() if count > 1), None)
    if twice is not None:
        raise BadRequest(f"{key}: {twice} is given twice, allowed: each once")
    return values


def _kernels(value: object) -> tuple[tuple[Kernel, ...], tuple[str, ...]]:
    kernels, titles = [], []
    for entry in _list("kernels", value, (str, dict), 'texts such as "NTK(depth=2)" or { kernel, title }'):
        given = {"kernel": entry} if isinstance(entry, str) else entry
        known = set(given) <= {"kernel", "title"} and "kernel" in given
        if not known or not all(isinstance(v, str) and v.isprintable() for v in given.values()):
            raise BadRequest(f"kernels: keys {', '.join(given)}, allowed: kernel and title, both one line of text")
        kernels.append(read_kernel(given["kernel"]))
        titles.append(given.get("title", ""))
    return tuple(kernels), tuple(titles) if any(titles) else ()
