"""The database's schema, revision by revision; `services.storage.migration` runs them (`postkorb db upgrade`).

A revision that changes `current_answers` drops the typed views first and empties `document_types`: the upgrade
makes them again. After a change, regenerate `schema_dump.sql`:
`UPDATE_SCHEMA_DUMP=1 pytest tests/integration/storage/test_schema.py`.
"""
