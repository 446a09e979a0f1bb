"""Monitoring and statistics, CC-CMS (CEC 12.3): C2 authentication."""
