"""What is read of a document: all of it, unless it has more windows than are allowed; what is missing is known."""

import pytest
from pending import pending_document
from scripted import ScriptedEngine

from services.inference.admit import Admitted, admit

PAGE = "line\n" * 160
BUDGET = 256


async def admitted(*pages: str, most: int = 16) -> Admitted:
    (found,) = await admit([pending_document(*pages)], ScriptedEngine(), BUDGET, most)
    return found


async def test_all_pages_are_read_in_as_many_windows_as_they_need() -> None:
    found = await admitted(*[PAGE] * 4)
    assert len(found.windows) > 4
    assert (found.given_pages, found.pages_read, found.cut_pages) == ([1, 2, 3, 4], 4, [])


@pytest.mark.parametrize(
    ("most", "read", "cut", "unread"),
    [(1, 0, [1], [2, 3, 4]), (2, 1, [1], [2, 3]), (3, 2, [], [2, 3]), (4, 2, [2], [3])],
)
async def test_the_beginning_and_the_end_are_read_and_what_lies_between_is_known(
    most: int, read: int, cut: list[int], unread: list[int]
) -> None:
    found = await admitted(*[PAGE] * 4, most=most)
    assert len(found.windows) == most
    assert (found.pages_read, found.cut_pages, found.unread_pages) == (read, cut, unread)


async def test_documents_of_a_batch_are_divided_each_by_itself() -> None:
    found = await admit(
        [pending_document("a"), pending_document(PAGE, PAGE), pending_document("b")], ScriptedEngine(), BUDGET, 16
    )
    assert [len(item.windows) > 1 for item in found] == [False, True, False]
    assert [item.document.pages[0][0] for item in found] == ["a", "l", "b"]
