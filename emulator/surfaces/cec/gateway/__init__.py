"""The agent gateway (CEC 5.2, 6.1, 12.1): agents sign in, control calls, poll their events.

`desk` is what it keeps, `routes` are its interfaces, which are loaded for the first request.
"""
