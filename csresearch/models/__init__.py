"""One file for each model: its specification and its result; the arithmetic beside it, on arrays."""
