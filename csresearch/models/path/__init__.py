"""The path model behind the satisfaction index: partial least squares, effects, reliability, weights and change."""
