"""Plays a scenario: an agenda of what everybody does next, and a stage on which they do it."""
