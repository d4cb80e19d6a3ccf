"""Where a document's values stand, and what was learned of such places."""
