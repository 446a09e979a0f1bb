"""Shows what came of a run: on a terminal, as a page, as files for other programs."""
