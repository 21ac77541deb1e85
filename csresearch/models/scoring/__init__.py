"""What scores are made of: the columns whose means they are, their intervals, and averages of them."""
