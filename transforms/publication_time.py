"""When the article was published, where that is printed, and when it was updated.

Evidence in order: the lines between headline and body, the metadata, JSON-LD, the page's own scripts, the URL,
a labelled line in the article's footer, the dateline; a relative time (3小时前) comes last of all. Related lists
and page footers are never read. A day found by stronger evidence keeps its rank and takes the clock of weaker
evidence that names the same day.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from records import Precision
from transforms.document import Document
from transforms.moments import Moment, find_moments, read_moment
from transforms.partial_times import (
    complete,
    complete_before,
    find_partial,
    find_relative,
    find_short_year,
    url_year,
)

_META_NAMES = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "og:release_date",
    "bytedance:published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publish_time",
    "publishtime",
    "pubtime",
    "_pubtime",
    "published_time",
    "publication_date",
    "datepublished",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "article:create_at",
    "apub:time",
    "releasedate",
    "createdate",
    "firstpublishedtime",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "date",
    "dateupdate",
)
_META_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "weibo: article:update_at",
    "datemodified",
    "lastmod",
    "last-modified",
)
# In a script, which is long, values are found first and their names looked for before them: a value begins with a digit
# that a search can step to, a name with any of a dozen letters.
_SCRIPT_DAY = r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?(?!\d)"
_SCRIPT_VALUE = re.compile(rf"19{_SCRIPT_DAY}|20{_SCRIPT_DAY}|1\d{{9}}(?:\d{{3}})?(?!\d)", re.ASCII)
_SCRIPT_NAME = re.compile(
    r"""(?:publish_?(?:ed_?)?(?:time|date)|pub_?(?:time|date)|ptime|release_?(?:time|date)|create_?(?:d_?)?(?:time|date|at)|news_?time|\bct|oriCreateTime|timestamp)["']?\s{0,3}[:=]\s{0,3}["']?$""",
    re.I,
)
_SCRIPT_NAME_MAX = 30
_URL_DAY = (
    re.compile(
        r"(?<!\d)(?P<y>20[0-3]\d|199\d)[-_/](?P<m>0[1-9]|1[0-2]|[1-9])[-_/](?P<d>0[1-9]|[12]\d|3[01]|[1-9])(?!\d)"
    ),
    re.compile(
        r"(?<![\dA-Za-z])[A-Za-z]{0,2}(?P<y>20[0-3]\d|199\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<y>20[0-3]\d|199\d)[-_/]?(?P<m>0[1-9]|1[0-2])(?:/|[-_/])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>20[0-3]\d|199\d)/(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
)
_RANK = {"script": 1, "url": 2, "footer_line": 3}
_CLOCK_TODAY = re.compile(r"星期|农历|今天是|现在是|正月|腊月")
_TODAY_LABEL = re.compile(r"(?:今天|今日|现在)(?:是|时间)?\s*[:：]?\s*$")
_UPDATED_LABEL = re.compile(r"(?:更新|修改|编辑)(?:时间|日期|于)?\s*[:：]?\s*$")
_YEARLESS_DAYS_MAX = 60
UPDATE_ONLY = ":updated"
"""Ends the evidence of a publication time that the page prints as the time of an update."""
_LABEL = re.compile(r"(?:发布|发表|发稿|时间|日期|刊发|录入|上传|来源|编辑)")


@dataclass(frozen=True, slots=True)
class PublicationTime:
    """The time of publication with its evidence; `moment` is None where nothing trustworthy was found."""

    moment: Moment | None = None
    evidence: str = ""
    updated_at: dt.datetime | None = None
    conflict: bool = False
    """Whether other evidence names a day more than one day away."""


def find_publication_time(
    document: Document,
    url: str,
    head_lines: list[str],
    foot_lines: list[str],
    fetched_at: dt.datetime | None = None,
) -> PublicationTime:
    """The publication time; `head_lines` stand between headline and body, `foot_lines` directly below the body."""
    latest = fetched_at + dt.timedelta(days=2) if fetched_at else None
    found = list(_evidence(document, url, head_lines, foot_lines))
    if not (found and found[0][1] == "info_line"):
        found = _completed(found, head_lines, url, fetched_at)
    if all(moment.precision is Precision.DAY for moment, _ in found) and (script := _script_moment(document)):
        # Scripts are long: they are searched only where nothing else gives the clock, and rank above URL and footer.
        found.append((script, "script"))
        found.sort(key=lambda item: _RANK.get(item[1], 0))
    found = [item for item in found if latest is None or item[0].instant <= latest]
    late = _updated(document, head_lines)
    updated = late[0].instant if late else None
    # The only time that a page prints is the best there is for its publication; its evidence says what it was.
    if late is not None and (not found or found[0][1] == "url") and (latest is None or late[0].instant <= latest):
        found.append((late[0], f"{late[1]}{UPDATE_ONLY}"))
    if not found:
        return PublicationTime(updated_at=updated)
    moment, evidence = found[0]
    for other, other_evidence in found[1:]:
        if moment.precision is Precision.DAY and other.precision is not Precision.DAY and other.day == moment.day:
            moment, evidence = other, f"{evidence}+{other_evidence}"
    # A meta or URL that only repeats another page's time is common; a week apart is worth a flag.
    conflict = any(abs((other.day - moment.day).days) > 7 for other, kind in found[1:] if not kind.startswith("script"))
    if updated is not None and updated < moment.instant:
        updated = None
    return PublicationTime(moment, evidence, updated, conflict)


def _completed(
    found: list[tuple[Moment, str]], lines: list[str], url: str, fetched_at: dt.datetime | None
) -> list[tuple[Moment, str]]:
    """The evidence with a time under the headline that lacks year or day, completed by what supplies it."""
    if (short := find_short_year(lines)) is not None:
        return [(short, "info_line:two-digit year"), *found]
    if (partial := find_partial(lines)) is not None:
        if found:
            # A line without a year only refines: far from the day that supplied the year, it is another article's.
            moment = complete(partial, found[0][0].day)
            near = moment is not None and abs((moment.day - found[0][0].day).days) <= _YEARLESS_DAYS_MAX
            return [(moment, f"info_line+year:{found[0][1]}"), *found] if moment and near else found
        if (year := url_year(url)) is not None:
            moment = complete(partial, dt.date(year, partial.month, min(partial.day, 28)))
            return [(moment, "info_line+year:url")] if moment else []
        if fetched_at is not None and (moment := complete_before(partial, fetched_at)) is not None:
            return [(moment, "info_line+year:fetched_at")]
    elif fetched_at is not None and (relative := find_relative(lines, fetched_at)) is not None:
        return [*found, (relative[0], f"info_line:relative({relative[1]})")]
    return found


def _evidence(
    document: Document, url: str, head_lines: list[str], foot_lines: list[str]
) -> Iterator[tuple[Moment, str]]:
    if (moment := head_moment(head_lines)) is not None:
        yield moment, "info_line"
    for name in _META_NAMES:
        if (value := document.metas.get(name)) and (moment := read_moment(value)):
            yield moment, f"meta:{name}"
            break
    linked = document.linked_data
    for key in ("datePublished", "pubDate", "uploadDate"):
        if isinstance(value := linked.get(key), str) and (moment := read_moment(value)):
            yield moment, f"json-ld:{key}"
            break
    if (moment := _time_element(document)) is not None:
        yield moment, "time_element"
    if (moment := url_day(url or document.canonical_link or document.metas.get("og:url", ""))) is not None:
        yield moment, "url"
    for line in foot_lines:
        if len(line) < 160 and _LABEL.search(line) and (moment := next(find_moments(line), None)):
            yield moment, "footer_line"
            break


def head_moment(lines: list[str]) -> Moment | None:
    """The first moment of the lines under the headline that is no update and no clock of today."""
    for text in [*lines, " ".join(line for line in lines if len(line) < 40)]:
        if _CLOCK_TODAY.search(text) and len(text) > 60:
            continue
        for moment in find_moments(text):
            before = text[max(0, moment.start - 12) : moment.start]
            if not _UPDATED_LABEL.search(before) and not _TODAY_LABEL.search(before):
                return moment
    return None


def _updated(document: Document, head_lines: list[str]) -> tuple[Moment, str] | None:
    """When the page says that it was changed last, and where."""
    for text in head_lines:
        for moment in find_moments(text):
            if _UPDATED_LABEL.search(text[max(0, moment.start - 12) : moment.start]):
                return moment, "info_line"
    for name in _META_UPDATED:
        if (value := document.metas.get(name)) and (found := read_moment(value)):
            return found, f"meta:{name}"
    for key in ("dateModified", "upDate"):
        if isinstance(value_ := document.linked_data.get(key), str) and (found := read_moment(value_)):
            return found, f"json-ld:{key}"
    return None


def _time_element(document: Document) -> Moment | None:
    """The page's only ``<time>``; several are those of a list."""
    return read_moment(document.times[0]) if len(document.times) == 1 else None


def _script_moment(document: Document) -> Moment | None:
    for script in document.scripts:
        for match in _SCRIPT_VALUE.finditer(script[:400_000]):
            before = script[max(0, match.start() - _SCRIPT_NAME_MAX) : match.start()]
            if _SCRIPT_NAME.search(before) and (moment := read_moment(match[0])):
                return moment
    return None


def url_day(url: str) -> Moment | None:
    """The day that a URL carries (``t20220117_4207771.htm``, ``/2019-11/25/``), or None."""
    path = url.split("?", maxsplit=1)[0].rsplit("://", maxsplit=1)[-1]
    path = path[path.find("/") :] if "/" in path else ""
    for pattern in _URL_DAY:
        for match in pattern.finditer(path):
            if moment := read_moment(f"{match['y']}-{match['m']}-{match['d']}"):
                return moment
    return None
