"""What is told of expectations: the surface, the chain, gaps and the zone of tolerance."""
