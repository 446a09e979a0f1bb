"""The agent gateway (CEC 5.2, 6.1, 6.3, 12.1, 13.1): what agents' clients talk to.

`desk` is what it keeps, `routes` are its interfaces, which are loaded for the first request.
"""
