"""Scrapy's downloader middlewares and components of difang, one job a file.

Add one: a class with `from_crawler`, a place in the order in `crawlers/settings.py`, a resource in
tests/site that misbehaves the way it guards against.
"""
