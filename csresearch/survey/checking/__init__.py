"""Findings: a file held against its study."""
