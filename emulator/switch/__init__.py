"""The call center itself: devices, agents, queues, calls, IVR. Knows no I/O and no wire."""
