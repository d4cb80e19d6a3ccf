"""Kafka and PostgreSQL on one machine, and the supervisor of the services."""
