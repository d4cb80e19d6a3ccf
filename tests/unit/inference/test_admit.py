"""Which pages fit: never more than the budget, never none, and what is missing is known."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.inference.admit import fit_pages
from services.storage.records import PendingDocument


def document(*pages: str) -> PendingDocument:
    return PendingDocument(
        document_key=1,
        tenant="default",
        document_id="d",
        content_sha256="0" * 64,
        file_name=None,
        metadata={},
        language="de",
        pages=pages,
        submitted_at=datetime(2026, 1, 1, tzinfo=UTC),
        traceparent="",
        duplicate_of=None,
        notes=(),
        answered=False,
    )


def test_pages_are_kept_from_the_first_on_until_the_next_does_not_fit():
    admitted = fit_pages(document("a", "b", "c"), [40, 50, 20], budget=100)
    assert (list(admitted.pages), admitted.pages_read, admitted.tokens) == (["a", "b"], 2, 90)
    assert admitted.cut_page is None


def test_a_small_page_behind_one_that_does_not_fit_is_not_read_out_of_order():
    admitted = fit_pages(document("a", "b", "c"), [40, 500, 1], budget=100)
    assert list(admitted.pages) == ["a"]


def test_a_first_page_that_does_not_fit_is_cut_and_said_to_be():
    admitted = fit_pages(document("x" * 1000), [200], budget=100)
    assert list(admitted.pages) == ["x" * 500]
    assert (admitted.pages_read, admitted.cut_page) == (0, 1)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=20), st.integers(1, 1000))
def test_the_budget_is_kept_and_something_is_always_read(counts: list[int], budget: int):
    pages = ["x" * (4 * count) for count in counts]
    admitted = fit_pages(document(*pages), counts, budget)
    assert admitted.pages
    assert admitted.tokens <= budget
    assert sum(map(len, admitted.pages)) <= 4 * budget
