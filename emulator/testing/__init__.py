"""The test kit: an emulator, a world and matchers for the tests of those who integrate.

The pytest plugin (`plugin`) comes with the package; `matchers` say what agents hear and what was
called; `container` runs the emulator's image. See docs/testing.md.
"""
