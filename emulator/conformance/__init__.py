"""`emulator conformance`: what is documented and served, and whether what is claimed is tested.

`claims` are the served components with their sections, codes and events; `evidence` are the facts
in the repository's `tests/contract`, of which each has generated tests; `report` holds one against
the other.
"""
