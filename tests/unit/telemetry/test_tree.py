import io
from typing import Any

from rich.console import Console

from services.telemetry.spans import SpanLink, SpanRecord
from services.telemetry.tree import as_json, render

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BATCH_TRACE = "0af7651916cd43dd8448eb211c80319c"
MS = 1_000_000


def span(name: str, service: str, identity: str, parent: str | None, start: int, end: int, **more: Any) -> SpanRecord:
    return SpanRecord(
        TRACE, identity * 16, parent and parent * 16, name, service, "internal", start * MS, end * MS, **more
    )


def drawn(spans: list[SpanRecord]) -> str:
    console = Console(file=io.StringIO(), width=140, color_system=None)
    console.print(render(spans))
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


BATCH_LINK = SpanLink(BATCH_TRACE, "e" * 16, {"batch_id": "3f2a9c", "postkorb.batch.size": 8})

SPANS = [
    span("9 relay", "relay", "7", "1", 2000, 2010),
    span("extract", "inference", "6", "4", 700, 1900, attributes={"gen_ai.usage.output_tokens": 80}),
    span("classify", "inference", "5", "4", 400, 700),
    span("6 ask", "inference", "4", "1", 400, 1900, attributes={"batch_id": "3f2a9c"}, links=(BATCH_LINK,)),
    span("8 record", "inference", "8", "1", 1950, 1960, status="error", status_message="OSError: disk full"),
    span("3 parse", "intake", "2", "1", 10, 130, attributes={"postkorb.document.pages": 3, "unlisted": "x"}),
    span("2 accept", "intake", "1", "f", 0, 5, attributes={"document_id": "inv-1", "tenant": "acme"}),
]

GOLDEN = """\
trace 4bf92f3577b34da6a3ce929d0e0e4736  7 spans · 3 services · 2.0 s
└── 2 accept          intake      5.0 ms  █·······················  document_id=inv-1  tenant=acme
    ├── 3 parse       intake      120 ms  ██······················  pages=3
    ├── 6 ask         inference    1.5 s  ····███████████████████·  batch_id=3f2a9c
    │   ├── ↔ batch 3f2a… 8 documents
    │   ├── classify  inference   300 ms  ····█████···············
    │   └── extract   inference    1.2 s  ········███████████████·  output=80
    ├── 8 record      inference    10 ms  ·······················█
    │   └── ✗ OSError: disk full
    └── 9 relay       relay        10 ms  ·······················█"""


def test_a_trace_is_drawn_with_services_times_attributes_failures_and_links() -> None:
    assert drawn(SPANS) == GOLDEN


def test_a_batch_says_to_how_many_traces_it_leads() -> None:
    links = tuple(SpanLink(f"{number:032x}", "1" * 16) for number in range(0xA0000000 << 96, (0xA0000000 << 96) + 8))
    text = drawn([span("batch", "inference", "1", None, 0, 5, links=links)])
    assert "↔ 8 traces: a000…, a000…, a000…, …" in text


def test_spans_of_two_traces_stand_beside_each_other() -> None:
    other = SpanRecord(BATCH_TRACE, "1" * 16, None, "batch", "inference", "internal", 0, 5 * MS)
    text = drawn([other, span("6 ask", "inference", "1", None, 0, 5)])
    assert text.startswith("2 traces")
    assert text.count("──") == 2


def test_hostile_names_neither_steer_the_terminal_nor_are_markup() -> None:
    text = drawn([span("3 parse", "intake", "1", None, 0, 5, attributes={"document_id": "a\x1b[31m[red]b\u202e"})])
    assert "document_id=a�[31m[red]b�" in text


def test_the_same_tree_is_given_as_plain_data() -> None:
    (accept,) = as_json(SPANS)
    assert [child["name"] for child in accept["children"]] == ["3 parse", "6 ask", "8 record", "9 relay"]
    ask = accept["children"][1]
    assert [child["name"] for child in ask["children"]] == ["classify", "extract"]
    assert (ask["seconds"], ask["links"][0]["trace_id"]) == (1.5, BATCH_TRACE)


def test_no_spans_are_said_to_be_none() -> None:
    assert drawn([]) == "no spans"
    assert as_json([]) == []
