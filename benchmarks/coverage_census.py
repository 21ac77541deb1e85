"""Recovery of the after-sales market where all dealers of one network are interviewed; see `coverage_recovery.py`."""

from __future__ import annotations

from coverage_recovery import CENSUS, family

FAMILY = family("census", CENSUS, "all")
