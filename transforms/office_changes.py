"""Changes of office that an article announces: who takes or leaves which post, from which, by whose decision, when.

A change asserts that the article tells of it as news of now, of somebody whom it names as an official: what he used to
be (曾任), a post in a vita, a motion that is only put (关于提请任命…的议案) are none. Each post of each person is one
change. The deciding body and its day are those of the sentence, or of the meeting that an earlier sentence has told of.
What the text does not say stays empty.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from records import ChangeKind, OfficeChange, TextField
from transforms.gazetteer import Gazetteer
from transforms.names import NameSpan
from transforms.office_decisions import GOES_ON, Decision, opens_decisions, read_decision
from transforms.office_verbs import GATE, KIND_OF_POST, LIST_ITEM, OPENS_LIST
from transforms.office_walk import Change, read_changes
from transforms.office_writing import ChangeWriter
from transforms.official_findings import Finding
from transforms.official_offices import OfficeReader
from transforms.official_persons import Person
from transforms.official_sentences import Sentence
from transforms.official_tokens import Token
from transforms.position_spans import PositionSpan, find_positions

_FAR = 12
"""So many sentences on, a meeting is no longer what a sentence goes on with."""
_TERM = re.compile("第?[一二三四五六七八九十]+届|[一二三四五六七八九十]+次全会$|会议$")
Key = tuple[TextField, int]


@dataclass(slots=True)
class Told:
    """What the sentences so far have told of a decision, and where."""

    decision: Decision
    number: int
    paragraph: int
    is_open: bool
    """Whether all that follows stands under it: a headline, a line that ends with a colon."""


class ChangeReader:
    """Reads the changes of office of one article, after its officials are known."""

    def __init__(
        self,
        title: str,
        text: str,
        offices: OfficeReader,
        gazetteer: Gazetteer,
        published_on: date | None,
    ) -> None:
        self._fields = {TextField.TITLE: title, TextField.TEXT: text}
        self._offices, self._published_on = offices, published_on
        self._writer = ChangeWriter(title, text, offices, gazetteer)

    def read(
        self,
        sentences: Sequence[Sentence],
        words: Sequence[tuple[Sentence, tuple[Token, ...]]],
        findings: Sequence[Finding],
        persons: Sequence[Person],
    ) -> tuple[OfficeChange, ...]:
        """All changes, in reading order."""
        if not persons or not any(GATE.search(whole) for whole in self._fields.values()):
            return ()
        read = {(s.field, s.number): (s, tokens) for s, tokens in words}
        self._names: dict[Key, list[NameSpan]] = {}
        for finding in findings:
            key = (finding.sentence.field, finding.sentence.number)
            self._names.setdefault(key, []).append(finding.name)
        self._persons = {
            (f.sentence.field, f.sentence.number, f.name.start): person
            for person in persons
            for f, _ in person.findings
        }
        return tuple(self._walk(sentences, read))

    def _walk(
        self, sentences: Sequence[Sentence], read: dict[Key, tuple[Sentence, tuple[Token, ...]]]
    ) -> Iterator[OfficeChange]:
        context, told, last = "", None, None
        for sentence in sentences:
            key = (sentence.field, sentence.number)
            if opened := OPENS_LIST.search(sentence.text):
                context = opened.group("verb") or opened.group("alone")
            elif context and not LIST_ITEM.search(sentence.text):
                context = ""
            if told is not None and sentence.number - told.number > _FAR and not context:
                told = None
            if not GATE.search(sentence.text) and not context and not opens_decisions(sentence.text):
                continue
            part, tokens = read.get(key, (sentence, ()))
            names, posts = self._names.get(key, []), find_positions(part.text, tokens) if tokens else []
            posts = _with_kinds_of_post(part.text, posts)
            changes = read_changes(part.text, names, posts, context, self._published_on)
            for change in changes:
                decision = self._decision(sentence, part, change, posts, told, bool(context))
                last = self._persons.get((*key, change.name.start)) if change.name else last
                yield from self._writer.write(part, change, decision, last)
            if told is not None and changes and _follows(told, sentence):
                told.number = sentence.number  # what follows the next semicolon goes on, too
            told = self._told(sentence, part, posts, told)
            if names and not changes:
                last = self._persons.get((*key, names[-1].start), last)

    def _decision(
        self,
        sentence: Sentence,
        part: Sentence,
        change: Change,
        posts: Sequence[PositionSpan],
        told: Told | None,
        is_listed: bool,
    ) -> Decision:
        """What decides the change: read in its sentence before it, else in what was told before."""
        shift = _shift(sentence, part)
        until = max(change.start, change.name.start) if change.name else change.posts[0].start
        own = self._read(sentence, sentence.text[: shift + until], part, posts)
        if told is None or told.number == sentence.number:
            return own
        begins = GOES_ON.match(sentence.text) is not None or change.rule == "pronoun"
        if (
            is_listed
            or begins
            or _follows(told, sentence)
            or change.kind in {ChangeKind.PROPOSED, ChangeKind.CANDIDATE}
            or told.is_open
        ):
            return own.told_before(told.decision)
        return own

    def _read(self, sentence: Sentence, text: str, part: Sentence, posts: Sequence[PositionSpan]) -> Decision:
        shift = _shift(sentence, part)
        decision = read_decision(text, [(p.start + shift, p.end + shift) for p in posts], self._published_on)
        if not decision.body:
            return decision
        head = f"{_TERM.sub('', decision.body)}书记"
        post = PositionSpan(head, decision.start, decision.start + len(decision.body), "书记")
        name = NameSpan("", post.end - 1, post.end, 1.0)
        place = self._offices.read(Finding(sentence, name, [post])).place
        start, end = sentence.span(post.start, post.end)
        body = "".join(self._fields[sentence.field][start:end].split())  # the article's own characters
        return replace(decision, body=body, region_code=place.code if place else None)

    def _told(
        self, sentence: Sentence, part: Sentence, posts: Sequence[PositionSpan], told: Told | None
    ) -> Told | None:
        """What later sentences may go on with: this one's decision, where it tells of one."""
        if not opens_decisions(sentence.text):
            return told
        decision = self._read(sentence, sentence.text, part, posts)
        if told is not None and not decision.body and GOES_ON.match(sentence.text):
            decision = decision.told_before(told.decision)
        if not decision.body and decision.day is None:
            return told
        is_open = sentence.text.rstrip()[-1:] in {"：", ":"} or sentence.field is TextField.TITLE
        return Told(decision, sentence.number, sentence.paragraph, is_open)


def _follows(told: Told, sentence: Sentence) -> bool:
    """Whether a sentence stands right after what was told, in one paragraph."""
    return told.paragraph == sentence.paragraph and told.number == sentence.number - 1


def _shift(sentence: Sentence, part: Sentence) -> int:
    """Where the part that was read begins in the whole sentence."""
    return max(0, sentence.text.find(part.text))


def _with_kinds_of_post(text: str, posts: Sequence[PositionSpan]) -> list[PositionSpan]:
    """The posts, and those that a notice names by their kind alone: 市直部门正职, 县（区）委副书记."""
    found = [PositionSpan(m.group(1), m.start(1), m.end(1), m.group(1)[-2:]) for m in KIND_OF_POST.finditer(text)]
    apart = [p for p in posts if not any(p.start < k.end and k.start < p.end for k in found)]
    return sorted([*apart, *found], key=lambda p: p.start)
