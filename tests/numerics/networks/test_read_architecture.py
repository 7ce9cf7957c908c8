"""What is read of a module, and why some have no limit that is read: one line each."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from numerics.networks.architectures import Power, power_through
from numerics.networks.read_architecture import input_size, read_architecture
from numerics.networks.user_modules import Maker, load_maker

POINTS = torch.eye(3, dtype=torch.float64)


class Module(nn.Module):
    """Two hidden layers of torch, and a forward pass that is given."""

    def __init__(self, width: int, forward, last: int = 1) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(3, width), nn.Linear(width, width), nn.Linear(width, last)
        self.gain = nn.Parameter(torch.ones(()))
        self.run = forward

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(self, x)


class Straight(torch.autograd.Function):
    """Another backward than its forward pass has."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x.sign()

    @staticmethod
    def setup_context(context, inputs, output):
        pass

    @staticmethod
    def backward(context, gradient):
        return gradient


def without_gradient(m: Module, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        hidden = m.a(x).relu()
    return m.c(hidden)


def by_size(m: Module, x: torch.Tensor) -> torch.Tensor:
    hidden = m.a(x).relu()
    return m.c(hidden if hidden.shape[1] < 100 else m.b(hidden).relu())


FORWARD = {
    "used twice": (lambda m, x: m.c(m.b(m.b(m.a(x).relu()).relu()).relu()), "b.weight is used twice"),
    "gate": (lambda m, x: m.c(m.a(x) * m.a.weight.sum().sigmoid()), "sum of a signal"),
    "of two": (lambda m, x: m.c(m.b(m.a(x)) * m.a(x)), "used twice"),
    "trained gain": (lambda m, x: m.c(m.gain * m.a(x).relu()), "gain goes into mul with a signal"),
    "activation at the end": (lambda m, x: m.c(m.a(x).relu()).tanh(), "tangent kernel stays random"),
    "detached": (lambda m, x: m.c(m.a(x).relu().detach()), "a detached signal"),
    "no gradient": (without_gradient, "gradient is not that of the forward pass"),
    "own backward": (lambda m, x: m.c(Straight.apply(m.a(x))), "cannot be followed"),
    "mixed points": (lambda m, x: m.c((m.a(x) - m.a(x).mean(0)).relu()), "depends on the other points"),
    "random": (lambda m, x: m.c(nn.functional.dropout(m.a(x), 0.5)), "forward pass is random"),
    "another pass": (by_size, "other operations at another width"),
    "normalised": (lambda m, x: m.c(nn.functional.layer_norm(m.a(x), m.a(x).shape[1:])), "layer normalisation"),
    "summed": (lambda m, x: m.a(x).relu().sum(1), "sum of a signal"),
    "joined": (lambda m, x: m.c(torch.cat([m.a(x)[:, :1], m.a(x)[:, 1:]], 1)), "of a signal"),
    "after a skip": (lambda m, x: m.c((m.a(x).relu() + m.b(m.a(x).relu())).relu()), "used twice"),
    "pair": (lambda m, x: (m.c(m.a(x)), x), "one tensor as output"),
    "not finite": (lambda m, x: m.c(m.a(x)) / 0, "not finite"),
    "grows": (lambda m, x: m.a(x).relu(), "q fixed wanted"),
    "no points": (lambda m, x: m.c(m.a(x)).sum(), "output (n,) or (n, q) wanted"),
}


def refusal(function, **more) -> str:
    with pytest.raises(ValueError) as raised:
        read_architecture(Maker(function, "make"), POINTS, **more)
    said = str(raised.value)
    assert "\n" not in said and len(said) < 600
    return said


@pytest.mark.parametrize("name", FORWARD)
def test_a_forward_pass_without_a_limit_is_refused_in_one_line(name):
    forward, said = FORWARD[name]
    assert said in refusal(lambda seed, width: Module(width, forward))


def stack(width: int, *between: nn.Module, last: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, width), *between, nn.Linear(width, last))


def changed(change):
    def make(seed: int, width: int) -> nn.Module:
        network = stack(width, nn.ReLU())
        with torch.no_grad():
            change(network)
        return network

    return make


def reseeded(seed: int, width: int) -> nn.Module:
    torch.manual_seed(5)
    first = nn.Linear(width, width, bias=False)
    torch.manual_seed(5)
    return nn.Sequential(
        nn.Linear(3, width), nn.ReLU(), first, nn.ReLU(), nn.Linear(width, width, bias=False), nn.Linear(width, 1)
    )


MAKERS = {
    "batch normalisation": (lambda seed, width: stack(width, nn.BatchNorm1d(width)), "other points of its batch"),
    "in evaluation": (lambda seed, width: stack(width, nn.BatchNorm1d(width)).eval(), "batch normalisation"),
    "trained slope": (lambda seed, width: stack(width, nn.PReLU()), "trained slope"),
    "bottleneck": (
        lambda seed, width: stack(width, nn.Linear(width, 4), nn.Linear(4, width)),
        "4 units whatever the width",
    ),
    "lazy": (lambda seed, width: nn.Sequential(nn.LazyLinear(width), nn.LazyLinear(1)), "lazy layer"),
    "nothing": (lambda seed, width: nn.ReLU(), "no parameter"),
    "complex": (lambda seed, width: nn.Linear(3, 1, dtype=torch.complex64), "real parameters wanted"),
    "no module": (lambda seed, width: 3, "must return a torch.nn.Module, got int"),
    "error": (lambda seed, width: 1 // 0, "ZeroDivisionError"),
    "mean": (changed(lambda network: network[2].weight.fill_(0.1)), "mean of 0.1"),
    "one draw": (reseeded, "start equal up to a factor"),
    "copies": (changed(lambda network: network[2].weight.copy_(network[0].weight[:, :1].T)), "made from one draw"),
    "fixed": (
        changed(lambda network: network[2].weight.copy_(torch.linspace(-1, 1, network[2].in_features))),
        "same for every seed",
    ),
    "xavier": (changed(lambda network: nn.init.xavier_normal_(network[0].weight)), ""),
    "inputs": (
        lambda seed, width: nn.Sequential(nn.Linear(4, width), nn.Linear(width, 1)),
        "does not take points of R^3",
    ),
}


@pytest.mark.parametrize("name", [name for name, (_, said) in MAKERS.items() if said])
def test_a_module_without_a_limit_is_refused_in_one_line(name):
    make, said = MAKERS[name]
    assert said in refusal(make)


def test_xavier_tends_to_a_power_of_the_width():
    found = read_architecture(Maker(MAKERS["xavier"][0], "make"), POINTS)
    assert (
        found.sources[0].entries.variance.value == pytest.approx(2) and found.sources[0].entries.variance.exponent == -1
    )


@given(
    st.floats(0.01, 100),
    st.sampled_from([-2, -1, -0.5, 0, 0.25, 1, 2]),
    st.floats(0, 5),
    st.sampled_from([1, -1, 0.5, -0.5]),
)
def test_a_power_is_found_through_what_tends_to_it(value, exponent, more, power):
    widths = (32, 64, 128)
    found = power_through(widths, tuple(value * width**exponent * (1 + more / width) ** power for width in widths))
    assert found is not None and float(found.exponent) == exponent and found.value == pytest.approx(value, rel=1e-6)


@given(st.floats(0.1, 10), st.floats(0.3, 0.7))
def test_what_is_no_power_is_none(value, exponent):
    found = power_through((32, 64, 128), tuple(value * width**exponent for width in (32, 64, 128)))
    assert (found is None) == (abs(exponent * 4 - round(exponent * 4)) > 1e-5) or found == Power(value)


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (lambda seed: nn.Linear(5, 2), 5),
        (lambda seed, width: stack(width, nn.ReLU()), 3),
        (lambda seed: nn.Bilinear(2, 2, 1), None),
        (lambda seed: nn.ReLU(), None),
    ],
)
def test_the_number_of_inputs_is_seen_or_asked_for(make, size):
    if size is None:
        with pytest.raises(ValueError):
            input_size(Maker(make, "make"))
    else:
        assert input_size(Maker(make, "make")) == size


# user files

FILE = "import torch\nX = 3\ndef make(seed, width=4):\n    return torch.nn.Linear(3, width)\n"


def test_a_function_is_loaded_from_its_file_and_from_nothing_else(tmp_path: Path):
    path = tmp_path / "net.py"
    path.write_text(FILE + "def bare():\n    return 0\n")
    found = load_maker(f"{path}:make")
    assert found.has_width and found.module(0, 5).out_features == 5
    state = torch.get_rng_state()
    assert torch.equal(found.module(1).weight, found.module(1).weight) and torch.equal(torch.get_rng_state(), state)
    for text, said in {
        f"{path}:mak": "no name 'mak', found: make, bare",
        f"{path}:X": "X is no function but int",
        f"{path}:bare": "bare(): got an unexpected keyword argument 'seed'",
        f"{path}": "names no function",
        f"{path}:1x": "names no function",
        f"{path}:": "names no function",
        "": "names no function",
        f"{tmp_path / 'none.py'}:make": "no such file",
        "ünïcode.py:make": "no such file",
        f"{tmp_path}.py:make": "no such file",
    }.items():
        with pytest.raises(ValueError) as raised:
            load_maker(text)
        assert (
            said in str(raised.value) and "allowed: FILE.py:NAME" in str(raised.value) and "\n" not in str(raised.value)
        )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("x = 1\nraise RuntimeError('two\\nlines')\n", "line 2: RuntimeError: two lines"),
        ("def f(:\n", "SyntaxError"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("\0", "SyntaxError"),
    ],
)
def test_a_file_that_fails_is_one_line(body: str, said: str, tmp_path: Path):
    path = tmp_path / "net.py"
    path.write_text(body)
    with pytest.raises(ValueError) as raised:
        load_maker(f"{path}:make")
    assert said in str(raised.value) and "\n" not in str(raised.value)


PLAIN_INPUTS = {"itself": lambda x: x, "twice": lambda x: 2 * x}
OTHER_INPUTS = {
    "clamped": lambda x: x.clamp(-1, 1),
    "of norm 1": nn.functional.normalize,
    "by its norm": lambda x: x / x.norm(dim=1, keepdim=True),
}


@pytest.mark.parametrize(("name", "change"), (PLAIN_INPUTS | OTHER_INPUTS).items(), ids=PLAIN_INPUTS | OTHER_INPUTS)
def test_inputs_that_are_changed_are_not_taken_for_the_points_where_these_are_of_one_norm(name, change):
    made = Maker(lambda seed, width: Module(width, lambda m, x: m.c(m.a(change(x)).relu())), "make")
    given = read_architecture(made, POINTS).sources[0].given
    assert (given.factor is None) == (name in OTHER_INPUTS)
