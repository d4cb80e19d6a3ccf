"""Spans shown to people as a tree, and to programs as nested JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.text import Text
from rich.tree import Tree

from services.telemetry import names
from services.telemetry.spans import SpanLink, SpanRecord

BAR_CELLS: Final = 24
GUIDE_CELLS: Final = 4
"""Width of one level of indentation in rich's trees."""
SHOWN_ATTRIBUTES: Final = (
    names.DOCUMENT_ID,
    names.TENANT,
    names.BATCH_ID,
    names.BATCH_SIZE,
    names.DOCUMENT_TYPE,
    names.PAGE_COUNT,
    names.MESSAGING_TOPIC,
    names.GEN_AI_INPUT_TOKENS,
    names.GEN_AI_CACHED_TOKENS,
    names.GEN_AI_OUTPUT_TOKENS,
)
SHORT_NAMES: Final = {
    names.BATCH_SIZE: "documents",
    names.PAGE_COUNT: "pages",
    names.MESSAGING_TOPIC: "topic",
    names.GEN_AI_INPUT_TOKENS: "input",
    names.GEN_AI_CACHED_TOKENS: "cached",
    names.GEN_AI_OUTPUT_TOKENS: "output",
}


@dataclass(frozen=True, slots=True)
class SpanNode:
    """A span with those that were made inside it."""

    span: SpanRecord
    children: "Sequence[SpanNode]"

    @property
    def height(self) -> int:
        """Levels of the tree that begins here."""
        return 1 + max((child.height for child in self.children), default=0)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all lines of one picture share: the time they span and the width of their columns."""

    start_ns: int
    end_ns: int
    name_cells: int
    service_cells: int


def nested(spans: Sequence[SpanRecord]) -> list[SpanNode]:
    """Put each span under its parent; one whose parent is not there (a publisher's, say) stands at the top."""
    known = {(span.trace_id, span.span_id) for span in spans}
    children: dict[tuple[str, str | None], list[SpanRecord]] = {}
    for span in sorted(spans, key=lambda item: item.start_ns):
        inside = span.parent_id is not None and (span.trace_id, span.parent_id) in known
        children.setdefault((span.trace_id, span.parent_id if inside else None), []).append(span)

    def node(span: SpanRecord) -> SpanNode:
        return SpanNode(span, [node(child) for child in children.get((span.trace_id, span.span_id), [])])

    traces = dict.fromkeys(span.trace_id for span in spans)
    return [node(span) for trace_id in traces for span in children.get((trace_id, None), [])]


def as_json(spans: Sequence[SpanRecord]) -> list[dict[str, Any]]:
    """Give the same tree as plain data: each span with its `children`."""
    return [_node_json(node) for node in nested(spans)]


def render(spans: Sequence[SpanRecord]) -> Tree:
    """Draw spans with services, durations, bars of when they ran, key attributes, failures and links."""
    tree = Tree(_title(spans))
    roots = nested(spans)
    if roots:
        frame = _frame(spans, roots)
        for root in roots:
            _add(tree, root, frame, 0)
    return tree


def _node_json(node: SpanNode) -> dict[str, Any]:
    children = [_node_json(child) for child in node.children]
    return asdict(node.span) | {"seconds": node.span.seconds, "children": children}


def _title(spans: Sequence[SpanRecord]) -> Text:
    if not spans:
        return Text("no spans")
    traces = list(dict.fromkeys(span.trace_id for span in spans))
    services = len({span.service for span in spans})
    first, last = min(span.start_ns for span in spans), max(span.end_ns for span in spans)
    head = f"trace {traces[0]}" if len(traces) == 1 else f"{len(traces)} traces"
    parts = [_counted(len(spans), "span"), _counted(services, "service"), _duration((last - first) / 1e9)]
    return Text.assemble((head, "bold"), "  ", (" · ".join(parts), "dim"))


def _frame(spans: Sequence[SpanRecord], roots: Sequence[SpanNode]) -> _Frame:
    deepest = max(root.height for root in roots) - 1
    return _Frame(
        start_ns=min(span.start_ns for span in spans),
        end_ns=max(span.end_ns for span in spans),
        name_cells=max(len(_plain(span.name)) for span in spans) + deepest * GUIDE_CELLS,
        service_cells=max(len(_plain(span.service)) for span in spans),
    )


def _add(parent: Tree, node: SpanNode, frame: _Frame, depth: int) -> None:
    branch = parent.add(_label(node.span, frame, depth))
    if node.span.status == "error":
        branch.add(Text(f"✗ {_plain(node.span.status_message or 'failed')}", style="red"))
    for text in _links(node.span.links):
        branch.add(Text(f"↔ {text}", style="cyan"))
    for child in node.children:
        _add(branch, child, frame, depth + 1)


def _label(span: SpanRecord, frame: _Frame, depth: int) -> Text:
    name = _plain(span.name).ljust(frame.name_cells - depth * GUIDE_CELLS)
    return Text.assemble(
        (name, "bold red" if span.status == "error" else "bold"),
        f"  {_plain(span.service).ljust(frame.service_cells)}",
        f"  {_duration(span.seconds):>7}  ",
        (_bar(span, frame), "blue"),
        ("".join(f"  {text}" for text in _attributes(span.attributes)), "dim"),
    )


def _bar(span: SpanRecord, frame: _Frame) -> str:
    whole = max(frame.end_ns - frame.start_ns, 1)
    before = min(BAR_CELLS * (span.start_ns - frame.start_ns) // whole, BAR_CELLS - 1)
    until = max(before + 1, -(-BAR_CELLS * (span.end_ns - frame.start_ns) // whole))
    return "·" * before + "█" * (until - before) + "·" * (BAR_CELLS - until)


def _attributes(attributes: Mapping[str, Any]) -> list[str]:
    shown = [name for name in SHOWN_ATTRIBUTES if name in attributes]
    return [f"{SHORT_NAMES.get(name, name)}={_plain(str(attributes[name]))}" for name in shown]


def _links(links: Sequence[SpanLink]) -> list[str]:
    """Say where links lead: each batch by itself, plain links to documents' traces as a number."""
    batches = [link.attributes for link in links if names.BATCH_ID in link.attributes]
    texts = [_batch_text(str(batch[names.BATCH_ID]), batch.get(names.BATCH_SIZE)) for batch in batches]
    traces = {link.trace_id for link in links if names.BATCH_ID not in link.attributes}
    if traces:
        some = ", ".join(_short(trace_id) for trace_id in sorted(traces)[:3])
        texts.append(f"{_counted(len(traces), 'trace')}: {some}{', …' if len(traces) > 3 else ''}")  # noqa: PLR2004  (as many as fit on the line)
    return texts


def _batch_text(batch_id: str, size: int | None) -> str:
    return f"batch {_short(_plain(batch_id))}" + (f" {_counted(size, 'document')}" if size is not None else "")


def _short(identity: str) -> str:
    return f"{identity[:4]}…"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"  # noqa: PLR2004  (two digits)
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"  # noqa: PLR2004  (a minute)


def _plain(text: str) -> str:
    """Take out what could steer a terminal: names and messages come out of hostile documents."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
