"""The service: one room a responsibility; the layers are checked in tests/architecture."""
