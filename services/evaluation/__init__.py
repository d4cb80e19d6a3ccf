"""Measuring answers: documents with labels in, figures with intervals and a page for people out.

Scoring, bootstrap, calibration and comparison are pure functions; only `asking` and `stored` touch documents,
engines and databases, and only `page` and `plots` know how it looks.
"""
