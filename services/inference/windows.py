"""A document longer than the model's context is read in windows that overlap.

Every character stands in one of them, but for pages that are left to code, and for the middle of one that is too long.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Final

from services.inference.fence import without_marks

PAGE_MARK_TOKENS: Final = 12
"""Tokens of the mark before a page (`[page 1234]`) and the line ends around it."""
OVERLAP: Final = 4
"""One part in so many of a window, at most, repeats the one before."""
SMALLEST: Final = 8
"""One part in so many of a window, at most, is a line; a longer one is cut."""

CountTokens = Callable[[Sequence[str]], Sequence[int]]
"""Gives the tokens of each text."""


@dataclass(frozen=True, slots=True)
class Window:
    """What the model reads of a document at once.

    Parameters
    ----------
    numbers
        Of its pages, from 1; those that are left to code are none of them.
    pages
        The texts; the first page may lack its beginning, the last one its end.
    start
        Where in the first page it begins, in characters.
    end
        Where in the last page it ends: one past the last character.
    """

    numbers: Sequence[int]
    pages: Sequence[str]
    start: int
    end: int

    @property
    def first_page(self) -> int:
        """Number of the first page, from 1."""
        return self.numbers[0]

    @property
    def last_page(self) -> int:
        """Number of the last page, from 1."""
        return self.numbers[-1]

    def has(self, page: int, at: int) -> bool:
        """Say whether a character stands in it; `page` from 1, `at` from 0."""
        is_within = (self.first_page, self.start) <= (page, at) and (page, at) < (self.last_page, self.end)
        return is_within and page in self.numbers


def whole(pages: Sequence[str]) -> Window:
    """Give the one window of a document that fits."""
    return Window(tuple(range(1, len(pages) + 1)), tuple(pages), 0, len(pages[-1]))


def window_with(places: Sequence[tuple[int, int]], windows: Sequence[Window]) -> Window:
    """Give the window in which most of these places stand; of several the first one, also where there are no places.

    Parameters
    ----------
    places
        Page, from 1, and character, from 0.
    """
    return max(windows, key=lambda window: sum(window.has(page, at) for page, at in places))


def windows_of(
    pages: Sequence[str], count_tokens: CountTokens, budget: int, most: int, left_out: Collection[int] = ()
) -> list[Window]:
    """Divide a document into windows.

    Parameters
    ----------
    budget
        Tokens of a window, the marks of its pages among them.
    most
        Windows. Where more were needed, the last of them is the end of the document, and what lies between is not read.
    left_out
        Numbers of pages that no window has; neither the first nor the last one.

    Returns
    -------
    list
        One window if the document fits. Else each ends with the last page that fits whole, or with a line where none
        does, and begins with the end of the last page of the one before, up to a quarter of the budget.
    """
    read = {number: page for number, page in enumerate(pages, start=1) if number not in left_out}
    counted = count_tokens([without_marks(page) for page in read.values()])
    counts = [tokens + PAGE_MARK_TOKENS for tokens in counted]
    if sum(counts) <= budget + PAGE_MARK_TOKENS * (len(read) == 1):  # one page alone has no mark
        return [Window(tuple(read), tuple(read.values()), 0, len(pages[-1]))]
    room = budget - PAGE_MARK_TOKENS  # for the mark of a page that begins before the window
    reach = bisect_right(list(accumulate(counts)), budget * most) + 1  # so many windows never come further
    lines = _lines(dict(islice(read.items(), reach)), count_tokens, room // SMALLEST)
    windows = [_window(read, lines[begin], lines[end - 1]) for begin, end in islice(_divide(lines, room), most)]
    if most > 1 and (windows[-1].last_page, windows[-1].end) != (len(pages), len(pages[-1])):
        windows[-1] = _end(read, counts, count_tokens, room)
    return windows


def _end(read: Mapping[int, str], counts: Sequence[int], count_tokens: CountTokens, room: int) -> Window:
    """Give the window of the last pages: as many as fit whole, or the last lines of one that does not."""
    fitting = bisect_right(list(accumulate(reversed(counts))), room)
    numbers = list(read)[-max(1, fitting) :]
    lines = _lines({number: read[number] for number in numbers}, count_tokens, room // SMALLEST)
    if fitting:
        return _window(read, lines[0], lines[-1])
    sums = list(accumulate(line.tokens for line in reversed(lines)))
    return _window(read, lines[-max(1, bisect_right(sums, room))], lines[-1])


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page, or a piece of one; an empty page has an empty one."""

    page: int
    start: int
    end: int
    tokens: int


def _divide(lines: Sequence[_Line], room: int) -> Iterator[tuple[int, int]]:
    """Give the first line, and the one past the last, of each window."""
    sums = [0, *accumulate(line.tokens for line in lines)]
    begin = end = 0
    while end < len(lines):
        furthest = max(bisect_right(sums, sums[begin] + room) - 1, end + 1)
        end = _page_end(lines, end, furthest)
        yield begin, end
        begin = _overlap(lines, end, room // OVERLAP)


def _overlap(lines: Sequence[_Line], end: int, most: int) -> int:
    """Give the first line of the last page before `end` from which on there are at most so many tokens, or the last."""
    begin, tokens = end - 1, lines[end - 1].tokens
    while begin and lines[begin - 1].page == lines[begin].page and tokens + lines[begin - 1].tokens <= most:
        begin -= 1
        tokens += lines[begin].tokens
    return begin


def _page_end(lines: Sequence[_Line], after: int, furthest: int) -> int:
    """Give the last end of a page behind one line and not behind another; that one itself if there is none."""
    ends = (at for at in range(furthest, after, -1) if at == len(lines) or lines[at].page != lines[at - 1].page)
    return next(ends, furthest)


def _lines(pages: Mapping[int, str], count_tokens: CountTokens, longest: int) -> list[_Line]:
    """Give the lines of all pages, none with more tokens than `longest`; the first of a page has those of its mark."""
    spans = [(number, *span) for number, page in pages.items() for span in _spans(page)]
    counts = count_tokens([without_marks(pages[page][start:end]) for page, start, end in spans])
    found: list[_Line] = []
    for (page, start, end), tokens in zip(spans, counts, strict=True):
        found += _pieces(_Line(page, start, end, tokens), pages[page], count_tokens, longest)
    return [_Line(item.page, item.start, item.end, item.tokens + PAGE_MARK_TOKENS * (not item.start)) for item in found]


def _spans(page: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in page.splitlines(keepends=True) or [""]:
        yield start, start + len(line)
        start += len(line)


def _pieces(line: _Line, page: str, count_tokens: CountTokens, longest: int) -> Iterator[_Line]:
    """Cut a line that is too long in halves."""
    if line.tokens <= longest or line.end - line.start <= 1:
        yield line
        return
    middle = (line.start + line.end) // 2
    for start, end in ((line.start, middle), (middle, line.end)):
        (tokens,) = count_tokens([without_marks(page[start:end])])
        yield from _pieces(_Line(line.page, start, end, tokens), page, count_tokens, longest)


def _window(read: Mapping[int, str], first: _Line, last: _Line) -> Window:
    numbers = tuple(number for number in read if first.page <= number <= last.page)
    texts = [read[number] for number in numbers]
    texts[-1] = texts[-1][: last.end]
    texts[0] = texts[0][first.start :]
    return Window(numbers, texts, first.start, last.end)
