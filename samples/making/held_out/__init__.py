"""Documents that no prompt and no code is tuned on: other countries, other layouts, other hands."""
