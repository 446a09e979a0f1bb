"""The SIP leg: real phones and callers on the switch (RFC 3261).

The switch decides, SIP obeys. `messages`, `transport`, `transactions` and `stack` know SIP and
nothing of the call center; `registrar` and `digest` who is there; `dialogs` and `sdp` what two ends
have agreed on; `leg` with `customers` and `phones` translates between dialogs and the switch.
"""
