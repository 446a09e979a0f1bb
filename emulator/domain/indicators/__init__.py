"""Monitoring indicators (CEC 12.3.8.1), each defined once.

`definition` says what an indicator is, `realtime` has those read from the switch as it stands,
`historical` those computed from what is on record. Wallboards, reports of scenarios and the
monitoring interfaces all use these definitions.
"""
