"""`spectral-bias modes`: what a network, or a limit kernel, will learn of the user's data, before it is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verify.command import completion
from verify.command.options import Kernels, Out, Quiet, choice
from verify.running.arguments import one_of, read_bound, read_count, read_kernel, read_number
from verify.running.console import BadRequest, emit, say
from verify.running.extras import need

FORMATS = ("text", "json", "csv", "markdown")
LOSSES = ("mean", "sum")
SCALES = ("none", "standard", "unit")


def modes(
    network: Annotated[
        str | None, typer.Option(metavar="FILE.py:NAME", help="a function make(seed) of a torch module, run as it is")
    ] = None,
    kernel: Annotated[
        str | None,
        typer.Option(
            metavar="KERNEL", help="of an infinitely wide network, instead", autocompletion=completion.kernels
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="npz (x, y, x_test, y_test), npy, csv or parquet")
    ] = None,
    image: Annotated[
        Path | None, typer.Option(metavar="FILE", help="an image as a function of the pixel's place")
    ] = None,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="the target; the last column without it")] = None,
    classes: Annotated[bool, typer.Option("--classes", help="the target is a class: one output for each")] = False,
    side: Annotated[str, typer.Option(metavar="N", help="pixels of the image's longer side, at most")] = "48",
    scale: Annotated[str, choice(SCALES, "inputs: ")] = "none",
    centre: Annotated[bool, typer.Option("--centre", help="take the training points' mean off the targets")] = False,
    norms: Annotated[bool, typer.Option("--norms", help="of a kernel: keep the points' norms")] = False,
    test: Annotated[str, typer.Option(metavar="SHARE", help="of the points, held out at random")] = "0",
    optimizer: Annotated[str, typer.Option(metavar="NAME", help="sgd; others can be measured, not predicted")] = "sgd",
    lr: Annotated[str | None, typer.Option(metavar="RATE", help="half the largest safe one without it")] = None,
    momentum: Annotated[str, typer.Option(metavar="M", help="as in torch.optim.SGD")] = "0",
    dampening: Annotated[str, typer.Option(metavar="D", help="as in torch.optim.SGD")] = "0",
    nesterov: Annotated[bool, typer.Option("--nesterov", help="as in torch.optim.SGD")] = False,
    weight_decay: Annotated[str, typer.Option(metavar="W", help="as in torch.optim.SGD")] = "0",
    schedule: Annotated[
        str, typer.Option(metavar="NAME", help="constant, cosine, linear, step:EVERY:FACTOR, exponential:FACTOR")
    ] = "constant",
    batch: Annotated[str | None, typer.Option(metavar="N", help="points of a minibatch; all without it")] = None,
    loss: Annotated[str, choice(LOSSES, "reduction of torch.nn.MSELoss: ")] = "mean",
    steps: Annotated[str, typer.Option(metavar="N", help="the budget, an integer >= 1")] = "1000",
    leading: Annotated[
        str | None, typer.Option(metavar="N", help="the N leading modes alone, without the kernel's matrix")
    ] = None,
    rows: Annotated[str, typer.Option(metavar="N", help="rows of the table, at most")] = "16",
    seed: Annotated[str, typer.Option(metavar="N", help="of the network and of what is drawn")] = "0",
    kernels: Kernels = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="draw it there: .png, .pdf or .svg")] = None,
    format: Annotated[str, choice(FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Which parts of your data are learned, when, and what is never learned: the eigenmodes of the tangent kernel.

    Of a torch network at its start, or of a limit kernel, on your data: for each mode its eigenvalue, the share of the
    target in it and the steps that SGD needs for it; the losses; the largest safe learning rate. All of it holds of
    the linearised network.
    """
    for what, name, allowed in (("--scale", scale, SCALES), ("--loss", loss, LOSSES), ("--format", format, FORMATS)):
        one_of(what, name, allowed)
    if (network is None) == (kernel is None):
        raise BadRequest("one of --network FILE.py:NAME and --kernel KERNEL is needed")
    if (data is None) == (image is None):
        raise BadRequest("one of --data FILE and --image FILE is needed")
    need("modes", "networks")
    if plot is not None:
        need("--plot", "report")
        from verify.figures.style import FORMATS as DRAWN

        one_of("--plot: the ending", plot.suffix, DRAWN)
    from verify.command import modes_run
    from verify.command.modes_formats import render
    from verify.running.progress import opaque

    request = modes_run.Request(
        network=network,
        kernel=None if kernel is None else read_kernel(kernel),
        data=data,
        image=image,
        target=target,
        classes=classes,
        side=read_count("--side", side, 2),
        scale=scale,
        centre=centre,
        norms=norms,
        test=float(read_number("--test", test)),
        optimizer=optimizer,
        rate=None if lr is None else float(read_bound("--lr", lr)),
        momentum=float(read_number("--momentum", momentum)),
        dampening=float(read_number("--dampening", dampening)),
        nesterov=nesterov,
        weight_decay=0.0 if weight_decay == "0" else float(read_bound("--weight-decay", weight_decay)),
        schedule=schedule,
        batch=None if batch is None else read_count("--batch", batch, 1),
        reduction=loss,
        steps=read_count("--steps", steps, 1),
        leading=None if leading is None else read_count("--leading", leading, 1),
        rows=read_count("--rows", rows, 3),
        seed=read_count("--seed", seed, 0),
    )
    with opaque("modes", quiet):
        found = modes_run.answer(request)
        text = render(found, format)
    if plot is not None:
        from verify.figures.modes import plot_modes

        plot_modes(found.prediction, found.most, found.subject, plot)
        say(f"wrote {plot}", quiet)
    emit(text, out, quiet)
