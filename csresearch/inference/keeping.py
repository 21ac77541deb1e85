"""Replicate weights of the last design, kept in memory: every model of a run asks for the same."""

from __future__ import annotations

from collections.abc import Iterator

from csresearch.inference.design import Weighting
from csresearch.inference.moments import Array
from csresearch.inference.replicates import AnyReplicates, Bootstrap, replicates_id

KEPT_CELLS = 40_000_000  # respondents x draws, 320 MB; more are drawn again by every model

_last: dict[str, tuple[Array, ...]] = {}


def kept_blocks(replicates: AnyReplicates, weighting: Weighting) -> Iterator[Array]:
    """Yield replicate weights as `replicates.blocks` does, those of a bootstrap from memory where they were the last.

    What is kept is not to be written to, and goes as soon as the weights of another design or specification are kept.
    """
    if not isinstance(replicates, Bootstrap) or len(weighting.base) * replicates.draws > KEPT_CELLS:
        yield from replicates.blocks(weighting)
        return
    name = replicates_id(replicates, weighting)
    if (found := _last.get(name)) is not None:
        yield from found
        return
    _last.clear()
    made = []
    for block in replicates.blocks(weighting):
        block.flags.writeable = False
        made.append(block)
        yield block
    _last.clear()
    _last[name] = tuple(made)
