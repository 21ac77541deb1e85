"""Recovery of the after-sales market where dealers are drawn from a network; see `coverage_recovery.py`."""

from __future__ import annotations

from coverage_recovery import NETWORK, family

FAMILY = family("network", NETWORK, "sampled")
