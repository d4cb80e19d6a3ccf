"""Steps 2 to 4: records to stored pages."""
