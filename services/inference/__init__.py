"""Steps 5 to 8: pages to answers."""
