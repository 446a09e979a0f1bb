"""What runs on the integrator's side of the wire."""
