"""Puts the rooms together: settings, ingest, reprocess, the demo, the `difang` command line."""
