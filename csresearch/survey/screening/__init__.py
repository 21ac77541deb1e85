"""Careless and broken-off interviews, and how many of those drawn responded."""
