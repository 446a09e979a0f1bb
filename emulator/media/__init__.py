"""Audio and pictures: what recordings sound and look like, and where they are kept.

Files have their exact length, and are rendered from what is known of a recording: nothing is
written while a call is recorded.
"""
