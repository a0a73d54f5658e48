"""The store of `silos ingest`: canonical Parquet without content, to which logs can be added again and again."""
