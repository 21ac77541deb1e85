"""From results to graded actions by written rules."""
