"""From a home page to a publisher: survey the site, name it, place it, declare it, show what it yields."""

from pipeline.probing.proposal import Preview, Proposal, propose
from pipeline.probing.saving import Saved, save_proposal

__all__ = ["Preview", "Proposal", "Saved", "propose", "save_proposal"]
