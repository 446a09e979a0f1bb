"""Scenarios in real time: on a switch in this process, and against a running emulator."""
