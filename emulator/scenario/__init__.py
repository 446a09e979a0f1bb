"""Scenarios: customers, agents and load, in virtual or in real time; replay; reports."""
