"""Pages that are handed over instead of fetched: WARC archives, and folders of HTML or text."""

from crawlers.archives.files import read_files
from crawlers.archives.hosts import Hosts
from crawlers.archives.outcome import DamagedArchive, Skipped
from crawlers.archives.warc import read_warc

__all__ = ["DamagedArchive", "Hosts", "Skipped", "read_files", "read_warc"]
