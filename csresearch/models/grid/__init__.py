"""What the importance-performance grid tells of an attribute: its quadrant and its shape."""
