"""Plain text to pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import ErrorCode
from services.intake.document import PAGE_CHARACTERS, ReadingLimits
from services.intake.failure import IntakeError
from services.intake.plain import decode, read_plain, split_pages


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_letter_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert decode("Grüße, 5 €".encode(encoding)) == "Grüße, 5 €"


def test_big_endian_utf_16_is_read() -> None:
    assert decode(b"\xfe\xff" + "Grüße".encode("utf-16-be")) == "Grüße"


@given(st.binary(max_size=500))
def test_any_bytes_are_some_text(raw: bytes) -> None:
    assert isinstance(decode(raw), str)


def test_form_feeds_split_pages_and_a_last_one_starts_none() -> None:
    assert split_pages("eins\n\fzwei\n\f\fvier\f") == ("eins\n", "zwei\n", "", "vier")


@given(st.text(alphabet=st.sampled_from("ab \n\r\f\u2028"), max_size=500))
def test_nothing_but_form_feeds_is_lost(text: str) -> None:
    assert "".join(split_pages(text)) == text.replace("\f", "")


@given(st.lists(st.integers(0, 4_000), max_size=20))
def test_long_text_is_cut_at_line_ends_into_small_pages(lengths: list[int]) -> None:
    text = "".join("x" * length + "\n" for length in lengths)
    pages = split_pages(text)
    assert "".join(pages) == text
    assert all(len(page) <= PAGE_CHARACTERS for page in pages)
    if all(length < PAGE_CHARACTERS for length in lengths):
        assert all(page.endswith("\n") for page in pages if page)


def test_soft_hyphens_stay(limits: ReadingLimits) -> None:
    assert read_plain("Donau\u00addampf".encode(), limits).pages == ("Donau\u00addampf",)


@pytest.mark.parametrize("content", [b" \n\t", b"\xef\xbb\xbf", b"\f\f"])
def test_white_space_alone_is_a_document_without_text(content: bytes, limits: ReadingLimits) -> None:
    with pytest.raises(IntakeError) as caught:
        read_plain(content, limits)
    assert caught.value.code is ErrorCode.DOCUMENT_WITHOUT_TEXT


@pytest.mark.parametrize("content", [b"x" * 200_001, b"x\f" * 51])
def test_a_text_over_a_limit_is_too_long(content: bytes, limits: ReadingLimits) -> None:
    with pytest.raises(IntakeError) as caught:
        read_plain(content, limits)
    assert caught.value.code is ErrorCode.DOCUMENT_TOO_LONG
