"""How numbers look: charts, formats, words; it knows frames and columns, no models."""
