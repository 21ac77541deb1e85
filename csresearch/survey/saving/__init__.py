"""Samples written back as files."""
