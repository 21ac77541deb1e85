"""Ask, read, check, screen, weight."""
