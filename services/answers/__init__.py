"""Pure functions: verbatim copies to values, evidence, confidence, completeness."""
