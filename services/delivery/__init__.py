"""Kafka: consumption with explicit offsets, and publishing; the only room that imports faststream and aiokafka."""
