"""The nouns that flow through difang, and its errors. Standard library, and w3lib for canonical URLs."""

from records.article import Article, Credit, CreditRole, Dateline, Image, Precision, TaggedArticle
from records.batch import Batch, Landed, Provenance, Removal
from records.errors import (
    DifangError,
    InvalidSeed,
    UnknownPublisher,
    UsageError,
    WarehouseBusy,
    WarehouseError,
    WarehouseMemory,
)
from records.page import Discovery, Fetch, FetchedPage, FetchKind, FetchOutcome
from records.position import Position
from records.publisher import Layout, Politeness, Publisher, Section, Source, SourceKind
from records.region import Region, RegionKind
from records.rejection import Reason, Rejected, Step
from records.seeds import seed_path
from records.sink import PageSink
from records.tags import (
    ChangeKind,
    DateEvidence,
    LinkKind,
    OfficeChange,
    OfficialMention,
    RegionLevel,
    RegionRole,
    RegionTag,
    RelatedLink,
    TextField,
)
from records.urls import article_id, canonicalize
from records.waiting import Waiting

__all__ = [
    "Article",
    "Batch",
    "ChangeKind",
    "Credit",
    "CreditRole",
    "DateEvidence",
    "Dateline",
    "DifangError",
    "Discovery",
    "Fetch",
    "FetchKind",
    "FetchOutcome",
    "FetchedPage",
    "Image",
    "InvalidSeed",
    "Landed",
    "Layout",
    "LinkKind",
    "OfficeChange",
    "OfficialMention",
    "PageSink",
    "Politeness",
    "Position",
    "Precision",
    "Provenance",
    "Publisher",
    "Reason",
    "Region",
    "RegionKind",
    "RegionLevel",
    "RegionRole",
    "RegionTag",
    "Rejected",
    "RelatedLink",
    "Removal",
    "Section",
    "Source",
    "SourceKind",
    "Step",
    "TaggedArticle",
    "TextField",
    "UnknownPublisher",
    "UsageError",
    "Waiting",
    "WarehouseBusy",
    "WarehouseError",
    "WarehouseMemory",
    "article_id",
    "canonicalize",
    "seed_path",
]
