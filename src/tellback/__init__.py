"""Tellback: customer service for the public web."""

__version__ = "0.1.0"
