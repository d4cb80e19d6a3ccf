"""Tables, queries and the outbox; the only room that imports sqlalchemy."""
