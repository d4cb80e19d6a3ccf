"""Traces, metrics and logs; every name of them in one module."""
