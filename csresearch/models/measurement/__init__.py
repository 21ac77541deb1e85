"""Arithmetic of measurement: how well items measure constructs, alike in all groups, and how answers were given."""
