"""The answer of `spectral-bias modes` as text, JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from numerics.predictions.modes import EQUAL, Group
from numerics.predictions.modes_of_networks import PROBES
from verify.command.modes_run import Answer
from verify.running.documents import as_json
from verify.running.failures import one_line

COLUMNS = ("modes", "eigenvalue", "target", "to_1/2", "to_1/10", "left", "lost_above", "name")
NEVER, NOTHING = "never", "-"


def render(found: Answer, form: str) -> str:
    """One of the formats; ends with a newline."""
    return {"text": _text, "json": _json, "csv": _csv, "markdown": _markdown}[form](found)


def _cells(group: Group, name: str) -> list[str]:
    one = group.first == group.last
    modes = f"{group.first + 1}" if one else f"{group.first + 1}-{group.last + 1}"
    same = f"{group.largest:.3g}" == f"{group.smallest:.3g}"
    eigenvalue = f"{group.largest:.3g}" if same else f"{group.largest:.3g} to {group.smallest:.3g}"
    times = [NOTHING if group.left is None else NEVER if t is None else str(t) for t in (group.half, group.tenth)]
    left = NOTHING if group.left is None else _share(group.left)
    return [modes, eigenvalue, _share(group.share), *times, left, f"{group.lost_above:.2g}", one_line(name)]


def _share(value: float) -> str:
    """A share in per cent, of two digits below a tenth.

    >>> [_share(x) for x in (1.0, 0.123, 0.00123, 0.0)]
    ['100%', '12.3%', '0.12%', '<1e-10%']
    """
    percent = 100 * value
    if percent < 1e-10:  # rounding
        return "<1e-10%"
    return f"{percent:.3g}%" if percent >= 10 else f"{percent:.2g}%"


def _rows(found: Answer) -> list[list[str]]:
    return [_cells(group, name) for group, name in zip(found.prediction.groups, found.names)]


def _header(found: Answer) -> list[str]:
    data, prediction, descent = found.data, found.prediction, found.descent
    held = f"; {len(data.test_inputs)} held out" if len(data.test_inputs) else ""
    numbers = data.inputs[0].numel()
    outputs = f"{data.outputs} output{'s' * (data.outputs > 1)}"
    chosen = ", half the largest safe learning rate" if found.chosen else ""
    return [
        one_line(found.subject),
        f"{data.points} points of {numbers} number{'s' * (numbers > 1)}, {outputs}{held}; {one_line('; '.join(data.says))}",
        f"{descent.says()}{chosen}; largest safe learning rate {prediction.edge:.4g}; "
        f"all steps are flow time {prediction.flow_time:.4g}",
    ]


def _explained(found: Answer) -> list[str]:
    alike = found.prediction.alike
    grouped = ""
    if EQUAL < alike < float("inf"):
        grouped = f"; the later rows: modes whose eigenvalues differ by a factor of at most {1 + alike:g}"
    return [
        "target: share of |y - f_0|^2; to_1/2, to_1/10: steps until that much of the residual in these modes is left "
        "(never: not within these steps); "
        "left: of their energy after the last step; lost_above: standard deviation of label noise that outweighs the "
        f"target there; dimension: trace of the map from targets to outputs{grouped}"
    ]


def _losses(found: Answer) -> tuple[list[str], list[list[str]]]:
    """The table of the checkpoints: its head and its rows."""
    prediction, most = found.prediction, found.most
    columns: list[tuple[str, Sequence[str]]] = [("step", [str(step) for step in prediction.checkpoints])]
    if most is None:
        columns.append(("train", [f"{v:.4g}" for v in prediction.train]))
        if prediction.noise:
            columns.append(("noise", [f"{v:.3g}" for v in prediction.noise]))
        if prediction.test:
            columns.append(("test", [f"{v:.4g}" for v in prediction.test]))
        columns.append(("unlearned", [_share(v) for v in prediction.unlearned]))
    else:
        pairs = zip(prediction.train, most.train_most)
        columns.append(("train", [f"{low:.4g} to {high:.4g}" for low, high in pairs]))
        shares = zip(prediction.unlearned, most.unlearned_most)
        columns.append(("unlearned", [f"{_share(low)} to {_share(high)}" for low, high in shares]))
    columns.append(("dimension", [f"{v:.1f}" for v in prediction.dimension]))
    names, lists = zip(*columns)
    return list(names), [list(row) for row in zip(*lists)]


def _rest(found: Answer) -> list[str]:
    rest, most = found.rest, found.most
    if rest is None or most is None:
        return []
    return [
        f"the other {rest.modes} modes: {_share(rest.energy / rest.total)} of the target; eigenvalues that sum to "
        f"{rest.trace:.4g} +- {rest.trace_error:.2g} (standard error, {PROBES} probes), the target sees {rest.mean:.3g} in "
        f"the mean; none above {most.reach:.3g}, if Lanczos missed none",
        f"each eigenvalue above within {most.residual:.2g} (its residual); {rest.products} products with the kernel; "
        "of train, unlearned the least and the most that the others allow; dimension is of the modes above",
    ]


REACH = "all of it is of the linearised network: the network follows as long as its tangent kernel stays as it is at the start"
WIDE = "all of it is of the infinitely wide network, in the parametrisation that has this kernel"


def _reach(found: Answer) -> str:
    return REACH if "tangent kernel of" in found.subject else WIDE


def _noise(found: Answer) -> list[str]:
    if not found.prediction.noise:
        return []
    return [
        "noise: what minibatches, drawn independently, add to the train loss in the mean, as far as the modes' "
        "fluctuations are uncorrelated; train: the loss of the mean network"
    ]


def _text(found: Answer) -> str:
    names, rows = _losses(found)
    lines = [*_header(found), *_explained(found), ""]
    lines += [
        *_aligned(COLUMNS, _rows(found)),
        "",
        *_aligned(names, rows),
        "",
        *_rest(found),
        *_noise(found),
        _reach(found),
    ]
    return "\n".join(lines) + "\n"


def _aligned(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in (names, *rows)) for place in range(len(names))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip() for row in (names, *rows)]


def _markdown(found: Answer) -> str:
    names, rows = _losses(found)
    lines: list[str] = []
    for line in (*_header(found), *_explained(found)):
        lines += [line, ""]
    lines += [*_pipes(COLUMNS, _rows(found)), "", *_pipes(names, rows), ""]
    for line in (*_rest(found), *_noise(found), _reach(found)):
        lines += [line, ""]
    return "\n".join(lines[:-1]) + "\n"


def _pipes(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    table = [names, ["---"] * len(names), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]


def _csv(found: Answer) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    fields = ("first", "last", "largest", "smallest", "share", "half", "tenth", "left", "lost_above")
    writer.writerow((*fields, "name"))
    for group, name in zip(found.prediction.groups, found.names):
        told = asdict(group) | {"first": group.first + 1, "last": group.last + 1}
        writer.writerow([*("" if told[field] is None else told[field] for field in fields), name])
    return target.getvalue()


def _json(found: Answer) -> str:
    data, prediction, descent, most, rest = found.data, found.prediction, found.descent, found.most, found.rest
    groups: list[dict[str, Any]] = [
        asdict(group) | {"first": group.first + 1, "last": group.last + 1, "name": name or None}
        for group, name in zip(prediction.groups, found.names)
    ]
    told = None
    if rest is not None and most is not None:
        told = {
            "modes": rest.modes,
            "share": rest.energy / rest.total,
            "trace": rest.trace,
            "trace_error": rest.trace_error,
            "mean": rest.mean,
            "largest": most.reach,
            "residual": most.residual,
            "products": rest.products,
        }
    return as_json(
        subject=found.subject,
        points=data.points,
        outputs=data.outputs,
        held_out=len(data.test_inputs),
        data=list(data.says),
        optimiser={
            "lr": [descent.rates[0], descent.rates[-1]],
            "steps": descent.steps,
            "momentum": descent.momentum,
            "dampening": descent.dampening,
            "nesterov": descent.nesterov,
            "weight_decay": descent.weight_decay,
            "reduction": descent.reduction,
            "batch": descent.batch,
            "largest_safe_lr": prediction.edge,
            "flow_time": prediction.flow_time,
        },
        modes=groups,
        checkpoints=list(prediction.checkpoints),
        train=list(prediction.train),
        train_most=None if most is None else list(most.train_most),
        test=list(prediction.test) or None,
        noise=list(prediction.noise) or None,
        unlearned=list(prediction.unlearned),
        unlearned_most=None if most is None else list(most.unlearned_most),
        effective_dimension=list(prediction.dimension),
        rest=told,
        reach=_reach(found),
    )
