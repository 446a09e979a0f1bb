"""CC-FS: call records, recordings and third parties' files (CEC 13.2), for developers (C2)."""
