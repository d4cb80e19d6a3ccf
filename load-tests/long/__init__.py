"""Long documents with known truth, and what the model makes of them."""
