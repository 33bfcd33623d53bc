"""Systems that can be evaluated."""
