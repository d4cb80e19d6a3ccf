"""What goes out when a dead letter is handed in again."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import decode
from schemas.topics import RETRY_ATTEMPT, RETRY_DEAD_LETTER, RETRY_NUMBER, RETRY_SUBMITTED
from services.storage.resubmission import carried

NAMES = st.sampled_from(["ce_type", "CE_Type", "ce_id", "content-type", "traceparent", "x", ""]) | st.text(max_size=5)
HEADERS = st.lists(
    st.tuples(NAMES, st.none() | st.binary(max_size=8) | st.text(max_size=5).map(str.encode)), max_size=8
)


@given(HEADERS)
def test_a_reader_of_ours_understands_the_carried_headers_as_the_original_ones(
    headers: list[tuple[str, bytes | None]],
):
    texts, _ = carried(headers)
    again = [(name, text.encode()) for name, text in texts.items()]
    assert decode(b"{}", again).attributes == decode(b"{}", headers).attributes


@given(HEADERS)
def test_nothing_is_said_exactly_if_every_header_is_the_same(headers: list[tuple[str, bytes | None]]):
    texts, changed = carried(headers)
    same = [(name, text.encode()) for name, text in texts.items()] == headers
    assert (not changed) == same


def test_what_an_earlier_try_said_of_itself_is_not_carried_on():
    ours = (RETRY_ATTEMPT, RETRY_SUBMITTED, RETRY_DEAD_LETTER, RETRY_NUMBER)
    headers = [(name, b"7") for name in (*ours, *(name.title() for name in ours))]
    assert carried([*headers, ("x", b"7")]) == ({"x": "7"}, [])
