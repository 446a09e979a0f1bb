"""Migrations of the store, in `versions`, one step each; they run when a store is opened."""
