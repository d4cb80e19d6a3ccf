"""How the sample documents are made: values, stationery, and one module for each group of document types."""
