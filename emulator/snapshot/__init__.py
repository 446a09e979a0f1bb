"""The whole world in one file, and back: what is saved, in which form, and what is refused."""
