"""Drafts of study files for files that nobody described yet."""
