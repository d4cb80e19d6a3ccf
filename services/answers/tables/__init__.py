"""Rows of tables, read by code from where the text stands on the page."""
