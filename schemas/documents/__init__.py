"""The document types that ship with Postkorb."""
