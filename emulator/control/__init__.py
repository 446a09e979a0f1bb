"""The emulator's own controls: seeds and what is served below /_emulator."""
