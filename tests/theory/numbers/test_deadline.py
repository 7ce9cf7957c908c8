"""A time limit rings, rings again where its first alarm was lost, and leaves no alarm behind."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from theory.numbers.deadline import OutOfTime, time_limit


def work(seconds: float) -> None:
    """Keep the processor busy for so long: a limit counts no other time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def test_waiting_costs_nothing() -> None:
    with time_limit(0.3):
        time.sleep(0.6)


def test_a_long_computation_ends_and_no_alarm_is_left() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(OutOfTime), time_limit(0.1):
        work(5)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


class Slow:
    def __del__(self) -> None:
        work(0.5)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_alarm_lost_in_a_finaliser_rings_again() -> None:
    started = time.process_time()
    with pytest.raises(OutOfTime), time_limit(0.1):
        slow = Slow()
        del slow  # what is raised in there is swallowed by the interpreter
        work(20)
    assert time.process_time() - started < 10


def test_what_ends_in_time_is_not_disturbed() -> None:
    with time_limit(0.2):
        pass
    work(0.4)


def test_an_outer_limit_that_is_shorter_rings() -> None:
    with pytest.raises(OutOfTime), time_limit(0.2), time_limit(30):
        work(5)


def left() -> float:
    return signal.getitimer(signal.ITIMER_VIRTUAL)[0]


def test_a_longer_outer_limit_goes_on_with_what_is_left_of_it() -> None:
    with time_limit(30):
        with time_limit(10):
            work(0.3)
            assert 9 < left() < 9.8 and signal.getitimer(signal.ITIMER_VIRTUAL)[1] == 1.0
        assert 28 < left() < 29.8
        with time_limit(40):
            assert 28 < left() < 29.8  # the earlier one stays in force
    assert left() == 0


def test_an_outer_limit_that_passed_meanwhile_rings_at_once() -> None:
    started = time.process_time()
    with pytest.raises(OutOfTime), time_limit(0.3):
        with time_limit(0.1):
            try:
                work(5)
            except OutOfTime:
                work(0.4)
        work(5)
    assert time.process_time() - started < 3


def test_there_is_no_limit_beside_the_main_thread() -> None:
    """Setting a handler there would raise ValueError."""
    seen = []

    def beside() -> None:
        with time_limit(0.05):
            seen.append(left())
            work(0.2)
            seen.append(left())

    thread = threading.Thread(target=beside)
    thread.start()
    thread.join()
    assert seen == [0, 0]


def test_an_alarm_that_rings_while_it_is_turned_off_comes_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    before, turn_off, rings = signal.getsignal(signal.SIGVTALRM), signal.signal, iter([True, True])

    def ringing(number: int, handler: object) -> object:
        if next(rings, False):
            raise OutOfTime
        return turn_off(number, handler)

    with time_limit(30):
        monkeypatch.setattr(signal, "signal", ringing)
    assert not any(rings) and left() == 0 and signal.getsignal(signal.SIGVTALRM) is before
