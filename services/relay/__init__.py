"""Step 9: outbox rows to topics."""
