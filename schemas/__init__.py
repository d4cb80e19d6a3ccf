"""What others may rely on: events, topics, and document types. Imports nothing of `services`."""
