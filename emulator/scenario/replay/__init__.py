"""Plays again what call records, or a journal's requests, say has happened."""
