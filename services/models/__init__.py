"""The models: what they are, where they come from, and whether they are unharmed."""
