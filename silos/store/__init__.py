"""The store of `silos ingest`: canonical, content-free Parquet that can be added to again and again."""
