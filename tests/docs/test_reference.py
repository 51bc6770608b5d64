"""What a user can name is in docs/reference.md: each setting, reason, verb, and no other."""

import importlib
import re
from pathlib import Path

from pipeline.cli import VERBS
from pipeline.settings import Settings
from records import Reason, Step

ROOT = Path(__file__).parent.parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other():
    documented = re.findall(r"^\| `(DIFANG_\w+)`", REFERENCE, re.MULTILINE)
    assert len(documented) >= 10
    assert documented == [f"DIFANG_{name.upper()}" for name in Settings.model_fields]


def test_every_reason_is_documented_with_its_step():
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([a-z, ]+) \|", REFERENCE, re.MULTILINE))
    assert list(rows) == [str(reason) for reason in Reason]
    assert {step for steps in rows.values() for step in steps.split(", ")} == {str(step) for step in Step}


def test_every_verb_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(VERBS) >= 10
    missing = [verb for verb in VERBS if f"difang {verb}" not in readme]
    assert not missing


def test_a_page_that_a_verbs_help_names_tells_of_the_verb():
    said = {verb: importlib.import_module(f"pipeline.verbs.{verb}").command.help for verb in VERBS}
    named = [
        (verb, page) for verb, text in said.items() for page in re.findall(r"docs/(?:operations|dashboards)\.md", text)
    ]
    assert len(named) >= 5
    for verb, page in named:
        assert f"difang {verb}" in (ROOT / page).read_text(encoding="utf-8"), f"difang {verb} --help names {page}"


def test_every_file_that_the_docs_name_exists():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        (page, name)
        for page in pages
        for name in re.findall(
            r"`((?:\w+/)+[\w.-]+\.(?:py|toml|txt|tsv|md|sql|json))`", page.read_text(encoding="utf-8")
        )
    }
    assert len(named) >= 30
    missing = sorted(f"{page.name}: {name}" for page, name in named if not (ROOT / name).exists())
    assert not missing


def test_every_link_between_pages_leads_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    links = {
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    }
    assert len(links) >= 15
    broken = sorted(f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists())
    assert not broken
