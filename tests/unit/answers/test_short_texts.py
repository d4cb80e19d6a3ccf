"""What a short text gave is kept, and not read again; a long one holds no memory."""

from services.answers.short_texts import LONGEST_KEPT, MOST_KEPT, keeping


class Reader:
    def __init__(self) -> None:
        self.read: list[str] = []
        self.length = keeping(self._length)

    def _length(self, text: str) -> int:
        self.read.append(text)
        return len(text)


def test_a_short_text_is_read_once() -> None:
    reader = Reader()
    assert [reader.length("Netto"), reader.length("Netto")] == [5, 5]
    assert reader.read == ["Netto"]


def test_a_long_text_is_not_kept() -> None:
    reader, long = Reader(), "x" * (LONGEST_KEPT + 1)
    assert [reader.length(long), reader.length(long)] == [len(long)] * 2
    assert reader.read == [long, long]


def test_of_many_texts_the_last_ones_are_kept() -> None:
    reader = Reader()
    for number in range(MOST_KEPT + 1):
        reader.length(str(number))
    reader.length(str(MOST_KEPT))
    reader.length("0")
    assert reader.read[MOST_KEPT + 1 :] == ["0"]
