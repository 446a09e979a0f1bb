"""The doors: one package for each documented system; codec and mapping, no more."""
