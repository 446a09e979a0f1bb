"""What a call center is doing now, counted as it happens, so that asking costs next to nothing."""
