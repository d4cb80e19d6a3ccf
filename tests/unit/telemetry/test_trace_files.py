import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.telemetry.spans import SpanLink, SpanRecord, as_written, from_line, to_line
from services.telemetry.trace_files import TraceFile, find_trace_ids, read_batch, read_trace

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
OTHER = "0af7651916cd43dd8448eb211c80319c"


def span(trace_id: str = TRACE, number: int = 1, name: str = "3 parse", **attributes: str) -> SpanRecord:
    return SpanRecord(
        trace_id, f"{number:016x}", None, name, "intake", "internal", number * 1000, number * 1000 + 500,
        attributes=attributes,
    )  # fmt: skip


@given(st.text(), st.text())
def test_a_span_comes_back_as_it_was_written_whatever_its_texts(name: str, document_id: str) -> None:
    line = to_line(span(name=name, document_id=document_id))
    assert from_line(line) == span(name=name, document_id=document_id)
    assert line.count(b"\n") == 1
    assert as_written(document_id) in line


def test_a_lone_surrogate_does_not_cost_the_span() -> None:
    line = to_line(span(document_id="a\ud800b"))
    assert from_line(line) == span(document_id="a?b")


def test_a_file_is_readable_while_it_is_written_and_by_its_owner_alone(tmp_path: Path) -> None:
    file = TraceFile(tmp_path, "intake", 7)
    file.append([to_line(span(number=2))])
    file.append([to_line(span(number=1))])
    assert read_trace(tmp_path, TRACE) == [span(number=1), span(number=2)]
    assert [path.name for path in tmp_path.iterdir()] == ["intake-7.jsonl"]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_half_written_last_line_hides_nothing_else(tmp_path: Path) -> None:
    whole, half = to_line(span()), to_line(span(number=2))[:-20]
    (tmp_path / "intake-7.jsonl").write_bytes(whole + half)
    assert read_trace(tmp_path, TRACE) == [span()]


def test_a_process_after_one_that_died_while_writing_begins_a_new_line(tmp_path: Path) -> None:
    (tmp_path / "intake-1.jsonl").write_bytes(to_line(span()) + to_line(span(number=2))[:-20])
    TraceFile(tmp_path, "intake", 1).append([to_line(span(number=3))])
    assert read_trace(tmp_path, TRACE) == [span(), span(number=3)]


def test_a_full_file_is_followed_by_the_next_and_the_newest_are_kept(tmp_path: Path) -> None:
    line = to_line(span())
    file = TraceFile(tmp_path, "intake", 7, max_bytes=3 * len(line), max_files=2)
    (tmp_path / "intake-6.jsonl").write_bytes(line)
    (tmp_path / "relay-6.jsonl").write_bytes(line)
    for age, name in enumerate(["intake-6.jsonl", "relay-6.jsonl"]):
        os.utime(tmp_path / name, (age, age))
    for _ in range(8):
        file.append([line])
    sizes = {path.name: path.stat().st_size // len(line) for path in tmp_path.iterdir()}
    assert sizes == {"intake-7.1.jsonl": 3, "intake-7.2.jsonl": 2, "relay-6.jsonl": 1}


def test_a_process_of_the_same_id_goes_on_where_the_last_one_was(tmp_path: Path) -> None:
    line = to_line(span())
    for _ in range(3):
        TraceFile(tmp_path, "intake", 1, max_bytes=len(line)).append([line])
    assert {path.name for path in tmp_path.iterdir()} == {"intake-1.jsonl", "intake-1.1.jsonl", "intake-1.2.jsonl"}


def test_a_file_that_was_taken_away_is_begun_again(tmp_path: Path) -> None:
    file = TraceFile(tmp_path, "intake", 7)
    file.append([to_line(span(number=1))])
    file.path.unlink()
    file.append([to_line(span(number=2))])
    assert read_trace(tmp_path, TRACE) == [span(number=2)]


def test_a_disk_that_takes_nothing_is_an_error(tmp_path: Path) -> None:
    file = TraceFile(tmp_path / "traces", "intake", 7)
    (tmp_path / "traces").rmdir()
    with pytest.raises(OSError, match="No such file"):
        file.append([to_line(span())])


def test_a_documents_traces_are_found_over_all_files_oldest_first(tmp_path: Path) -> None:
    TraceFile(tmp_path, "relay", 8).append([to_line(span(TRACE, 9, document_id="Rechnung „1“"))])
    TraceFile(tmp_path, "intake", 7).append(
        [
            to_line(span(TRACE, 5, document_id="Rechnung „1“")),
            to_line(span(OTHER, 3, document_id="Rechnung „1“")),
            to_line(span("f" * 32, 1, document_id="another", tenant="Rechnung „1“")),
        ]
    )
    assert find_trace_ids(tmp_path, "Rechnung „1“") == [OTHER, TRACE]
    assert find_trace_ids(tmp_path, "Rechnung") == []


def test_a_trace_holds_its_own_spans_not_those_that_link_to_it(tmp_path: Path) -> None:
    linking = SpanRecord(
        OTHER, "a" * 16, None, "batch", "inference", "internal", 1, 2,
        attributes={"batch_id": "b-1"}, links=(SpanLink(TRACE, "1" * 16),),
    )  # fmt: skip
    TraceFile(tmp_path, "inference", 7).append([to_line(linking), to_line(span(batch_id="b-1", name="6 ask"))])
    assert [item.name for item in read_trace(tmp_path, TRACE)] == ["6 ask"]
    assert [item.name for item in read_batch(tmp_path, "b-1")] == ["batch", "6 ask"]


def test_where_no_traces_are_there_are_none(tmp_path: Path) -> None:
    assert read_trace(tmp_path / "never", TRACE) == []
    assert find_trace_ids(tmp_path / "never", "inv-1") == []
    assert read_batch(tmp_path / "never", "b-1") == []
