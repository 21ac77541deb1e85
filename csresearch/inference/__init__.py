"""Numbers only: arrays in, arrays out; knows no survey."""
