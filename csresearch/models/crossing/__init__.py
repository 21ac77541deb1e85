"""Questions crossed with groups: the numbers of a banner; plain arithmetic on arrays."""
