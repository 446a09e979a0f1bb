"""The process that handles the sound of calls: RTP, mixing, tones, announcements, recordings.

`client` starts it and is all that others import; the rest runs in the process itself, and only
there are numpy and the codecs loaded. `server` owns the sockets, `mixer` decides who hears what.
Everything below the server has no sockets and is told the time, in µs of a monotonic clock. All
sound is mixed in frames of 20 ms, mono, 16 bits, 8000 Hz.
"""
