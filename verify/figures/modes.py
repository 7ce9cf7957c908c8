"""The modes of a kernel on data, and the losses that follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from numerics.predictions.modes import Prediction
from numerics.predictions.modes_of_networks import Bounded
from verify.figures.style import COLOURS, legend, new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = 90  # characters


def plot_modes(prediction: Prediction, most: Bounded | None, title: str, path: Path) -> None:
    """Draw it to a png, pdf or svg."""
    save_figure(modes_figure(prediction, most, title), path)


def modes_figure(prediction: Prediction, most: Bounded | None = None, title: str = "") -> Figure:
    """Left: the target's energy by eigenvalue, and what is left of it. Right: the losses against the step."""
    shown_title = (title if len(title) <= TITLE else title[: TITLE - 3] + "...").replace("$", r"\$")  # no formula
    figure, (energy, loss) = new_figure(columns=2, title=shown_title)
    shown = [group for group in prediction.groups if group.largest > 0 and group.share > 0]
    places = [(group.largest * group.smallest) ** 0.5 for group in shown]
    energy.loglog(places, [g.share for g in shown], "o", color=COLOURS[0], ms=5, label="at the start")
    left = [g.share * (g.left or 0.0) for g in shown]
    energy.loglog(
        [p for p, v in zip(places, left) if v > 1e-12],
        [v for v in left if v > 1e-12],
        "s",
        color=COLOURS[1],
        ms=4,
        label=f"left after {prediction.checkpoints[-1]} steps",
    )
    energy.set_xlabel("eigenvalue of the mode")
    energy.set_ylabel("share of |y - f_0|^2")
    energy.invert_xaxis()
    legend(energy)
    steps = [step + 1 for step in prediction.checkpoints]
    loss.loglog(steps, prediction.train, "o-", color=COLOURS[0], ms=4, label="train")
    if most is not None:
        loss.loglog(steps, most.train_most, "o--", color=COLOURS[0], ms=4, label="train, at most")
    if prediction.test:
        loss.loglog(steps, prediction.test, "s-", color=COLOURS[1], ms=4, label="test")
    loss.set_xlabel("step + 1")
    loss.set_ylabel("predicted loss")
    legend(loss)
    return figure
