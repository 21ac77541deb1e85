"""Draw the picture of the README, docs/grid.png, from the simulated study."""

from __future__ import annotations

from pathlib import Path

import csresearch as cs


def main() -> None:
    """Fit the grid of the twelve touchpoints and save its picture."""
    sample = cs.read(cs.load_study(cs.study_folder("autoservice")))
    grid = cs.ImportancePerformance().fit(cs.weight(cs.screen(sample)))
    figure = grid.plot("grid").figure
    figure.savefig(Path(__file__).with_name("grid.png"), dpi=100, bbox_inches="tight", metadata={"Software": ""})


if __name__ == "__main__":
    main()
