"""What each sentence of an article says of persons in office: names with positions, changes of office, what they do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from transforms.names import NameReader, NameSpan
from transforms.office_verbs import OPENS_LIST
from transforms.official_bonds import Bond, SentenceReader
from transforms.official_events import OfficeEvent, is_proposal, read_events
from transforms.official_list_roles import read_roles
from transforms.official_sentences import Sentence, split_sentences
from transforms.official_tokens import Token, load_lexer
from transforms.position_spans import PositionSpan, gate_pattern

_ANCHOR = re.compile("同志|任命|免去|当选|拟任|(?<=[，,])[男女](?=[，,（(])")
_LONG = 60
"""A longer sentence is read only around its anchors: LAC's time grows with every character."""
_LISTED = re.compile(r"为|的|同志|^[\s一二三四五六七八九十0-9、.（）]*$")
_COMMA = re.compile("[，,]")
_BYLINE = re.compile(
    r"(?:^|[^一-鿿])(?:本报|本网|本刊|本台|特约|见习|实习|融媒体?|全媒体|首席|新华社)*(?:记者|通讯员|见习生|实习生|编辑|责编|校对|审核|初审|复审|终审|审签|监制|供稿|撰稿|作者|摄影|摄|图|文|策划|制图|统筹|"
    r"责任编辑|值班编委|值班主任|来源|投稿|出品人|主播|播音|配音|剪辑|视频|排版|美编|翻译|编译)"
    r"(?:员|组|摄影|报道)?[ \u3000:：/|]*(?:[一-鿿·]{2,5}[、，, \u3000]+)*$"
)
_COMRADE = re.compile(r"(?:[（(][^（）()]{1,14}[）)])?(?:等)?同志")
_FAMILIAR = re.compile("[老小阿].|.老[大一二三四五六七八九幺]")


@dataclass(slots=True)
class Finding:
    """One named person in one sentence, with what is printed for him there."""

    sentence: Sentence
    name: NameSpan
    positions: list[PositionSpan] = field(default_factory=list)
    status: str = ""
    role: str = ""
    rule: str = ""
    is_comrade: bool = False
    is_proposed: bool = False


def read_findings(sentences: Sequence[Sentence]) -> tuple[list[Finding], list[tuple[Sentence, tuple[Token, ...]]]]:
    """The persons of the sentences that can hold an official, in reading order; those sentences with their words."""
    shortened = {i: piece for i in range(len(sentences)) if (piece := _shorten(i, sentences)) is not None}
    gated = list(shortened)
    sentences = [shortened.get(i, sentence) for i, sentence in enumerate(sentences)]
    read = load_lexer().read_scores([sentences[i].text for i in gated])
    whole = "\n".join(s.text for s in sentences)
    names = NameReader({i: sentences[i].text for i in gated}, {i: read[sentences[i].text] for i in gated}, whole)
    words = {i: read[sentences[i].text].tokens for i in gated}
    contexts = _contexts(sentences)
    readers = {
        i: SentenceReader(i, sentences[i].text, words[i], names, in_appointments=bool(contexts[i])) for i in gated
    }
    for i, reader in readers.items():
        names.expect(i, reader.starts())
    by_sentence = {i: list(_of_sentence(sentences[i], reader, contexts[i])) for i, reader in readers.items()}
    known = {f.name.name for found in by_sentence.values() for f in found if f.positions and len(f.name.name) > 2}
    for i, found in by_sentence.items():
        unread = {name for name in known - {f.name.name for f in found} if name in sentences[i].text}
        if unread:  # 吉克木呷，彝族，此前任…: the name is certain elsewhere
            readers[i].expect(unread)
            by_sentence[i] = list(_of_sentence(sentences[i], readers[i], contexts[i]))
    return [f for found in by_sentence.values() for f in found], [(sentences[i], words[i]) for i in gated]


def read_names(text: str) -> tuple[NameSpan, ...]:
    """Every person's name in a text, with offsets into it."""
    sentences = split_sentences("", text)
    read = load_lexer().read_scores([s.text for s in sentences])
    words = {i: read[s.text].tokens for i, s in enumerate(sentences)}
    names = NameReader(dict(enumerate(s.text for s in sentences)), {i: read[s.text] for i, s in enumerate(sentences)})
    readers = {i: SentenceReader(i, s.text, words[i], names) for i, s in enumerate(sentences)}
    for i, reader in readers.items():
        names.expect(i, reader.starts())
    found = []
    for i, reader in readers.items():
        for bond in reader.read():
            start, end = sentences[i].span(bond.name.start, bond.name.end)
            found.append(NameSpan("".join(text[start:end].split()), start, end, bond.name.confidence))
    return tuple(sorted(found, key=lambda n: n.start))


def _shorten(index: int, sentences: Sequence[Sentence]) -> Sentence | None:
    """The part of a sentence that can hold an official: the clauses with an anchor, one before and two after them."""
    sentence = sentences[index]
    text = sentence.text
    anchors = sorted(
        {*(m.start() for m in gate_pattern().finditer(text)), *(m.start() for m in _ANCHOR.finditer(text))}
    )
    if index == 0 or sentences[index - 1].field is not sentence.field:
        anchors = [0, *anchors]  # the opening names the place and the persons
    if not anchors:
        return None
    if len(text) <= _LONG:
        return sentence
    commas = [m.end() for m in _COMMA.finditer(text)]
    before = [c for c in commas if c <= anchors[0]]
    after = [c for c in commas if c > anchors[-1]]
    start = before[-2] if len(before) > 1 else 0
    end = after[2] if len(after) > 2 else len(text)
    return replace(sentence, text=text[start:end], origins=sentence.origins[start:end])


def _contexts(sentences: Sequence[Sentence]) -> list[str]:
    """For each sentence the verb of the appointments' list that it stands in: 任命 under the line 决定任命：."""
    contexts, verb = [], ""
    for sentence in sentences:
        contexts.append(verb)
        if heading := OPENS_LIST.search(sentence.text):
            verb = heading.group("verb") or heading.group("alone")
        elif verb and not _LISTED.search(sentence.text):
            verb = ""
    return contexts


def _of_sentence(sentence: Sentence, reader: SentenceReader, context: str) -> Iterator[Finding]:
    text = sentence.text
    bonds = [b for b in reader.read() if not _is_byline(text, b)]
    events = read_events(text, [b.name for b in bonds], reader.positions, context)
    by_start: dict[int, list[OfficeEvent]] = {}
    gained = {p.start: e.name.start for e in events for p in e.positions}
    for bond in bonds:  # 甲当选主任乙当选市长: 主任 is what 甲 became, not a title of 乙
        if bond.rule == "title_before" and any(
            gained.get(p.start, bond.name.start) < bond.name.start for p in bond.positions
        ):
            bond.positions, bond.rule = [], ""
    for event in events:
        by_start.setdefault(event.name.start, []).append(event)
    roles = read_roles(text, bonds)
    proposed = is_proposal(text)
    for bond, role in zip(bonds, roles, strict=True):
        finding = Finding(sentence, bond.name, list(bond.positions), "", role, bond.rule)
        finding.is_comrade = _COMRADE.match(text, bond.name.end) is not None or _in_comrades(text, bond, bonds)
        for event in by_start.get(bond.name.start, ()):
            _apply(finding, event)
        if proposed and finding.role in {"提及", "任命"} and finding.status in {"", "in_office"} and finding.positions:
            finding.role, finding.is_proposed = "拟任", True
        yield finding


def _apply(finding: Finding, event: OfficeEvent) -> None:
    if event.status == "dismissed" and finding.status in {"appointed", "in_office"}:
        return  # 任市委书记，不再担任市长: what he is now counts
    if finding.rule not in {"", "shared_title"} and event.status in {"former"}:
        return
    if event.status == "proposed" and finding.status == "appointed":
        finding.positions = [*finding.positions, *event.positions]
        return  # 任县委副书记，提名为县长候选人: what is settled counts
    finding.positions = [*([] if finding.rule in {"", "shared_title"} else finding.positions), *event.positions]
    finding.status, finding.rule = event.status, f"event:{event.status}"
    finding.role = event.role or finding.role


def _is_byline(text: str, bond: Bond) -> bool:
    start = bond.positions[0].start if bond.positions and bond.rule == "title_before" else bond.name.start
    return _BYLINE.search(text, 0, start) is not None


def _in_comrades(text: str, bond: Bond, bonds: Sequence[Bond]) -> bool:
    same = [b for b in bonds if b.group_list == bond.group_list]
    return re.match("等(?:[一二三四五六七八九十]+[位名])?同志", text[same[-1].name.end :]) is not None


def is_familiar(name: str) -> bool:
    """Whether a name is only a familiar form: 老刘, 小王, 欧老六."""
    return _FAMILIAR.fullmatch(name) is not None
