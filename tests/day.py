"""What of the costly tests runs by day, in `make test`; the night, `make nightly`, runs them all.

    python -m tests.day RESULTS.xml

writes tests/day.txt anew from the times of a run of all (`pytest -n 2 --whole --junitxml RESULTS.xml`): of a
test function whose cases need more than SECONDS together as many cases, evenly spread, as fit in them,
one at least; nothing of one whose single case, or a fixture that it shares, needs more than LONG. KEPT are
those of which it is decided here.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from xml.etree import ElementTree

SECONDS, LONG = 0.4, 1.6
LIST = Path(__file__).with_name("day.txt")
WHOLE = 10**6
KEPT = {  # what the program says, the rules of the house and of proofs, rates of trained networks
    "tests/verify/test_claims_papers.py::test_claim_is_decided_as_expected": WHOLE,
    "tests/end_to_end/test_readme.py::test_console_block_of_the_readme": WHOLE,
    "tests/test_house.py::test_the_house_keeps_its_rules": WHOLE,
    "tests/test_layers.py::test_no_module_crosses_its_layer": WHOLE,
    "tests/theory/kernels/test_zonal_soundness.py::test_a_random_expression_is_right_or_refused": WHOLE,
    "tests/theory/language/test_fuzz.py::test_any_text_is_read_or_refused_with_one_line": 1,
    "tests/verify/test_networks.py::test_rates_of_small_networks_are_those_of_the_population": 1,
    "tests/verify/test_networks.py::test_rates_off_by_a_tenth_fail_where_the_margin_is_that_of_the_plan": WHOLE,
    "tests/verify/test_worked_statements.py::test_their_proofs_use_every_rule_of_the_checker": WHOLE,
    "tests/verify/test_worked_statements.py::test_without_one_of_them_a_rule_is_unused": WHOLE,
}


def function_of(nodeid: str) -> str:
    """The test without its case.

    >>> function_of("tests/test_quick.py::test_every_room[verify]")
    'tests/test_quick.py::test_every_room'
    """
    return nodeid.partition("[")[0]


def cases_by_day(seconds: list[float]) -> int:
    """How many cases of a test function run by day, given the time of each.

    >>> cases_by_day([0.1] * 8), cases_by_day([1.0, 1.0]), cases_by_day([1.5]), cases_by_day([2.0, 3.0])
    (4, 1, 1, 0)
    """
    if sum(seconds) <= SECONDS:
        return len(seconds)
    mean = fmean(seconds)
    return 0 if mean > LONG else max(1, int(SECONDS / mean))


def read() -> dict[str, int]:
    """The number of cases by day of each test function that is cut."""
    rows = (line.split(maxsplit=1) for line in LIST.read_text(encoding="utf-8").splitlines())
    return {test: int(count) for count, test in rows}


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a test function: seconds of its own, those of its setup, the fixtures that other tests share."""

    seconds: float
    setup: float = 0.0
    shared: tuple[str, ...] = ()


def cases(results: Path) -> Mapping[str, list[Case]]:
    """The cases of each test function, from JUnit's XML."""
    found = defaultdict(list)
    for case in ElementTree.parse(results).iter("testcase"):
        file = case.attrib["classname"].replace(".", "/") + ".py"
        told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        setup = float(told.get("setup", 0))
        one = Case(float(case.attrib["time"]) - setup, setup, tuple(told.get("shared", "").split()))
        found[function_of(f"{file}::{case.attrib['name']}")].append(one)
    return found


def rows(found: Mapping[str, list[Case]]) -> Iterable[str]:
    """The lines of LIST.

    >>> late = Case(0.1, 5.0, ("trained",))
    >>> list(rows({"a.py::one": [late], "a.py::two": [Case(0.1, 0.0, ("trained",))], "a.py::three": [Case(0.1)]}))
    ['0 a.py::one\\n', '0 a.py::two\\n']
    """
    longest: dict[tuple[str, str], float] = defaultdict(float)  # of what a file's tests share: the first one sets it up
    for test, same in found.items():
        for case in same:
            for fixture in case.shared:
                place = test.partition("::")[0], fixture
                longest[place] = max(longest[place], case.setup)
    for test, same in sorted(found.items()):
        shared = {name for case in same for name in case.shared}
        late = any(longest[test.partition("::")[0], name] > LONG for name in shared)
        count = KEPT.get(test, 0 if late else cases_by_day([case.seconds for case in same]))
        if count < len(same):
            yield f"{count} {test}\n"


if __name__ == "__main__":
    LIST.write_text("".join(rows(cases(Path(sys.argv[1])))), encoding="utf-8")
