"""Regression from moments, and the importance of drivers."""
