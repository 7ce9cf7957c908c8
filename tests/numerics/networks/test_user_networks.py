"""A user's networks: loaded from where they are named, refused in one line where there is no tangent kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from numerics.networks import user_networks
from numerics.networks.user_networks import check_kernel, load_make, made, outputs_at, prepared

POINTS = torch.randn(7, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def write(folder: Path, text: str) -> str:
    (folder / "net.py").write_text(text, encoding="utf-8")
    return str(folder / "net.py")


def test_the_function_that_is_named_is_called_with_the_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "beside.py").write_text("WIDTH = 5\n")
    text = "from torch import nn\nimport beside\nprint('hello')\n\n"
    text += "def make(seed):\n    print(seed)\n    return nn.Linear(3, beside.WIDTH)\n"
    make = load_make(write(tmp_path, text) + ":make")
    one, again, other = (made(make, seed) for seed in (1, 1, 2))
    assert torch.equal(one.weight, again.weight) and not torch.equal(one.weight, other.weight)
    assert one.weight.shape == (5, 3) and one.weight.device.type == "cpu"
    assert capsys.readouterr().out == ""  # what is asked for is alone there


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("x = 1\n", ":make", "no name 'make', allowed: FILE"),
        ("def mak(seed): ...\n", ":make", "found: mak"),
        ("1/0\n", ":make", "line 1: ZeroDivisionError"),
        ("def f(:\n", ":make", "SyntaxError"),
        ("raise SystemExit('no')\n", ":make", "SystemExit: no"),
        ("", "", "FILE.py:NAME"),
        ("", ":not a name", "FILE.py:NAME"),
    ],
)
def test_a_file_without_the_function_is_one_line(text: str, name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=says) as error:
        load_make(write(tmp_path, text) + name)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_one_line() -> None:
    with pytest.raises(ValueError, match="no such file"):
        load_make("nowhere/net.py:make")


class Noisy(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) + torch.randn(())


class Mixing(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        found = super().forward(input)
        return found - found.mean(0)


class Single(nn.Linear):
    """Makes float32 of its own."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.float())


def frozen() -> nn.Module:
    return nn.Linear(3, 1).requires_grad_(False)


def with_nan() -> nn.Module:
    network = nn.Linear(3, 1)
    nn.init.constant_(network.weight, float("nan"))
    return network


class Branching(nn.Linear):
    """Another function of a point where the others of its batch are others."""

    def forward(self, input: Tensor) -> Tensor:
        found = super().forward(input)
        return found if found.sum() > 0 else 2 * found


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner, self.last = nn.LSTM(1, 4, batch_first=True), nn.Linear(4, 1)

    def forward(self, points: Tensor) -> Tensor:
        found: Tensor = self.last(self.inner(points[..., None])[0][:, -1])
        return found


class Cut(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input).detach()


class Lying(torch.autograd.Function):
    """Half of its slope to whoever asks for a backward pass, all of it to the others."""

    generate_vmap_rule = True

    @staticmethod
    def forward(values: Tensor) -> Tensor:
        return values.clone()

    @staticmethod
    def setup_context(ctx: object, inputs: tuple[Tensor, ...], output: Tensor) -> None: ...

    @staticmethod
    def backward(ctx: object, slope: Tensor) -> Tensor:
        return slope / 2

    @staticmethod
    def jvp(ctx: object, change: Tensor) -> Tensor:
        return change


class Liar(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        found: Tensor = Lying.apply(super().forward(input))
        return found


@pytest.mark.parametrize(
    ("network", "says"),
    [
        (Recurrent(), "torch.func does not take it"),
        (Cut(3, 1), "does not depend on its trained"),
        (Liar(3, 1), "differ"),
    ],
    ids=["LSTM", "detached", "two slopes"],
)
def test_a_kernel_that_two_routes_do_not_share_is_refused(network: nn.Module, says: str) -> None:
    ready, rows = prepared(network, POINTS)
    with pytest.raises(ValueError, match=says) as error:
        check_kernel(ready, rows, products=True)
    assert "\n" not in str(error.value)


BAD: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "dropout": (lambda: nn.Sequential(nn.Linear(3, 1), nn.Dropout(0.1)), "Dropout.*random in training mode"),
    "batch norm": (lambda: nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 1)), "normalises over the batch"),
    "batch norm without statistics": (
        lambda: nn.Sequential(nn.BatchNorm1d(3, track_running_stats=False), nn.Linear(3, 1)).train(False),
        "normalises over the batch",
    ),
    "random": (lambda: Noisy(3, 1), "forward pass is random"),
    "mixing": (lambda: Mixing(3, 1), "depends on the other points"),
    "branching": (lambda: Branching(3, 1), "depends on the other points"),
    "lazy": (lambda: nn.LazyLinear(1), "lazy module"),
    "nothing to train": (frozen, "no trained parameter"),
    "NaN": (with_nan, "not finite"),
    "another width": (lambda: nn.Linear(4, 1), r"does not take points of shape \(3,\)"),
    "an image out": (lambda: nn.Sequential(nn.Linear(3, 4), nn.Unflatten(1, (2, 2))), r"output \(n,\) or \(n, q\)"),
    "overflow": (lambda: nn.Sequential(nn.Linear(3, 1), nn.Threshold(1e9, float("inf"))), "outputs are not finite"),
    "complex": (lambda: nn.Linear(3, 1, dtype=torch.complex64), "finite real numbers"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_network_without_a_tangent_kernel_is_one_line(name: str) -> None:
    make, says = BAD[name]
    with pytest.raises(ValueError, match=says) as error:
        prepared(make(), POINTS)
    assert "\n" not in str(error.value)


class Antisymmetric(nn.Module):
    """Zero but for rounding, in float32, whose order of summation is another for a point alone."""

    def __init__(self) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(0)
        first, second = torch.randn(3, 4096, generator=draw), torch.randn(4096, 1, generator=draw)
        self.first = nn.Parameter(torch.cat([first, first], dim=1))
        self.second = nn.Parameter(torch.cat([second, -second]))

    def forward(self, points: Tensor) -> Tensor:
        found: Tensor = (points @ self.first).relu() @ self.second
        return found


def test_a_network_that_starts_at_zero_is_taken_and_one_that_mixes_there_is_not() -> None:
    for double in (False, True):
        assert prepared(Antisymmetric(), POINTS, double)[0] is not None
    mixing = Mixing(3, 1)
    nn.init.zeros_(mixing.weight)
    with pytest.raises(ValueError, match="other points of its batch"):
        prepared(mixing, POINTS)


def test_what_is_no_problem_is_taken() -> None:
    dropout = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5), nn.BatchNorm1d(2)).train(False)
    for network, dtype in (
        (dropout, torch.float64),
        (Single(3, 1), torch.float32),
        (nn.Linear(3, 1).half(), torch.float64),
    ):
        ready, rows = prepared(network, POINTS)
        assert rows.dtype == dtype and outputs_at(ready, rows, batch=2).shape[0] == 7
    assert prepared(nn.Linear(3, 1), POINTS, double=False)[1].dtype == torch.float32


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda seed: 3, "must return a torch.nn.Module, got int"),
        (lambda seed: 1 // 0, r"make\(0\) fails: ZeroDivisionError"),
        (lambda: nn.Linear(1, 1), r"make\(0\) fails: TypeError"),
    ],
    ids=["a number", "a fault", "no seed"],
)
def test_a_function_that_makes_no_module_is_one_line(make: Callable[[int], nn.Module], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        made(make, 0)


def test_a_network_beyond_the_memory_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A billion parameters where four gigabytes are; a small one passes, also one that torch cannot make without numbers."""
    monkeypatch.setattr(user_networks, "memory", lambda: 4 * 2**30)
    with pytest.raises(ValueError, match="1000000000 parameters need 19 GiB") as error:
        made(lambda seed: nn.Linear(10**5, 10**4, bias=False), 0)
    assert "\n" not in str(error.value)

    def own(seed: int, size: int = 3) -> nn.Module:
        network = nn.Linear(size, 1)
        network.weight = nn.Parameter(torch.randn(1, size, generator=torch.Generator().manual_seed(seed), device="cpu"))
        return network

    assert made(own, 0).weight.shape == (1, 3)
