"""What a call center keeps besides calls."""
