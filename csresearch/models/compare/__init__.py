"""Groups held against each other: pairs, letters, leagues, programmes; plain arithmetic on arrays."""
