"""Pictures of the decision: what each threshold answers and refuses, and whether odds are true."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

_STEPS = np.linspace(0.02, 0.98, 49)
_BINS = np.linspace(0, 1, 9)
_FEWEST = 5
"""A share of fewer questions than this is no measure."""


def draw(found: Mapping[str, Mapping[str, Sequence[float]]], threshold: float, path: Path) -> None:
    """Draw both pictures side by side.

    Args:
        found: origin → ``present``, ``absent``, ``trap`` → probabilities, 0 to 1.
        threshold: the one in use; marked on each curve.
        path: of the PNG.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (curves, odds) = plt.subplots(1, 2, figsize=(11, 5))
    for origin, kinds in sorted(found.items()):
        present = np.array(kinds["present"])
        absent = np.array([*kinds["absent"], *kinds["trap"]])
        answered = [float(np.mean(present >= step)) for step in _STEPS]
        refused = [float(np.mean(absent < step)) for step in _STEPS]
        (line,) = curves.plot(refused, answered, label=origin)
        here = float(np.mean(absent < threshold)), float(np.mean(present >= threshold))
        curves.plot(*here, "o", color=line.get_color())
        odds.plot(*_shares(present, absent), "-", color=line.get_color(), label=origin)
    curves.set(xlabel="refused without the source, or a trap", ylabel="answered with it")
    odds.plot([0, 1], [0, 1], ":", color="grey")
    odds.set(xlabel="probability shown", ylabel="share with the source in the library")
    for axes in (curves, odds):
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _shares(
    present: "np.typing.NDArray[np.float64]", absent: "np.typing.NDArray[np.float64]"
) -> tuple[list[float], list[float]]:
    """Mean probability, and share of questions with their source, of each eighth."""
    shown, held = [], []
    everything = np.concatenate([present, absent])
    marks = np.concatenate([np.ones(len(present)), np.zeros(len(absent))])
    for low, high in pairwise(_BINS):
        inside = (everything >= low) & (everything < high)
        if inside.sum() >= _FEWEST:
            shown.append(float(everything[inside].mean()))
            held.append(float(marks[inside].mean()))
    return shown, held
