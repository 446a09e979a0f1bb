"""Audio and pictures: what recordings sound and look like, and where they are kept.

Files of simulated calls have their exact length, and are rendered from what is known of a
recording: nothing is written while such a call is recorded. Calls of real phones have sound, in
`rtp`, a process of its own that is asked by `wiring`.
"""
