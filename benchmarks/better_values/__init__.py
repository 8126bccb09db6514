"""Which values are better than the tutorial's, on every pattern: measured, compared, written up."""
