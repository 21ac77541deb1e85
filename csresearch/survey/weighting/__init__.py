"""From a sample to its population: margins, weights, design effects, planning."""
