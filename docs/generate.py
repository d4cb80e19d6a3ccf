# ruff: noqa: INP001  (a script beside the pages that it writes, no package)
"""Writes the tables of the reference between their marks: `python docs/generate.py`, or `--check` to look only.

A part stands between `generated:begin NAME` and `generated:end` comments and comes from the code itself. Where the
code has no words for a row, they stand in `reference/meanings.yaml`; a row without words is an error.
"""

import ast
import gzip
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import Histogram, InMemoryMetricReader, MetricsData, Sum
from pydantic import BaseModel

from schemas.document_types import load_document_types
from schemas.events import (
    Content,
    DocumentFailed,
    DocumentProcessed,
    DocumentSubmitted,
    ErrorCode,
    FieldAnswer,
    Finding,
    Provenance,
    Step,
)
from schemas.topics import Topics
from services.delivery.breaker import OURS
from services.delivery.retrying import TRIED_AGAIN, WAITED_FOR
from services.inference.engines.remote import SERVER_FLAGS
from services.models.catalogue import ModelEntry, load_catalogue
from services.models.terms import GIB, Machine, Terms
from services.settings import Settings
from services.telemetry import names
from services.telemetry.metrics import Metrics, PartitionLag

DOCS: Final = Path(__file__).parent
BENCH: Final = ("efficiency", "alternatives", "ceiling", "growth", "scale-out", "cost")
MEASURED: Final[Mapping[str, Any]] = json.loads((DOCS.parent / "load-tests/baseline.json").read_text("utf-8"))
SAMPLES: Final = DOCS.parent / "samples"
ANSWERS: Final[Mapping[str, Any]] = json.loads((SAMPLES / "baseline.json").read_text("utf-8"))
_READ_FIRST: Final = [
    [cell.strip(" *") for cell in line.strip("|").split("|")]
    for line in (SAMPLES / "layouts/README.md").read_text("utf-8").splitlines()
    if line.startswith("| ")
]
LAYOUTS: Final = list(zip(*_READ_FIRST, strict=True))
"""Columns of the table of first readings: what it is, and a cell a set, the newest last."""
LAST_SETS: Final = 3
MISSED: Final = "**not reached**"
GOALS: Final[Sequence[Mapping[str, Any]]] = yaml.load(
    (DOCS / "reference/goals.yaml").read_text("utf-8"), yaml.CSafeLoader
)
NOT_MEASURED: Final = "Not measured yet."
DUMP: Final = DOCS.parent / "migrations" / "schema_dump.sql"
WORDS: Final[Mapping[str, Mapping[str, Any]]] = yaml.load(
    (DOCS / "reference/meanings.yaml").read_text("utf-8"), yaml.CSafeLoader
)
MARKED: Final = re.compile(r"(<!-- generated:begin (\S+) -->\n).*?(<!-- generated:end -->)", re.DOTALL)
COMPUTED_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "results": {"fields": "jsonb"},
    "calibrations": {"fitted": "jsonb"},
    "account": dict.fromkeys(("submitted", "processed", "failed", "dead_lettered", "waiting"), "bigint"),
    "costs": dict.fromkeys(("documents", "pages", "pages_read"), "bigint")
    | {"day": "date", "engine_seconds_per_page": "double precision", "money": "numeric", "money_per_page": "numeric"},
}
"""Columns of views that no table has, or has with another type."""


def main() -> None:
    """Write every page, or say which have drifted."""
    changed = [page for page in sorted(DOCS.rglob("*.md")) if has_drifted(page)]
    if "--check" in sys.argv[1:]:
        drifted = [f"{page.relative_to(DOCS.parent)} drifted: python docs/generate.py" for page in changed]
        sys.exit("\n".join(drifted) or None)
    for page in changed:
        page.write_text(generated(page), "utf-8")


def has_drifted(page: Path) -> bool:
    """Say whether a generated part of a page is not what it should be."""
    return generated(page) != page.read_text("utf-8")


def generated(page: Path) -> str:
    """Give a page with its generated parts as they should be."""
    return MARKED.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n\n{part[3]}", page.read_text("utf-8"))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def code(text: object) -> str:
    """Mark a word as code."""
    return f"`{text}`"


def word(section: str, name: str) -> str:
    """Give the words for a row that has none in the code."""
    try:
        return str(WORDS[section][name])
    except KeyError:
        message = f"docs/reference/meanings.yaml: {section} lacks {name}"
        raise SystemExit(message) from None


def topics() -> str:
    """List the topics with what their properties say."""
    doc = {
        name: " ".join((item.__doc__ or "").split())
        for name, item in vars(Topics).items()
        if isinstance(item, property) and not name.startswith("all")
    }
    return table(("topic", "what is on it"), [[code(getattr(Topics(), name)), said] for name, said in doc.items()])


def members(model: type[BaseModel], mode: Any = "serialization") -> Callable[[], str]:  # noqa: ANN401  (pydantic's literal type is not exported)
    """Make the part that lists the members of an event."""

    def part() -> str:
        schema = model.model_json_schema(mode=mode)
        required = schema.get("required", ())
        rows = [
            [
                code(name),
                type_of(item, schema),
                "yes" if name in required else "no",
                meaning(item, "event_fields", name),
            ]
            for name, item in schema["properties"].items()
        ]
        return table(("member", "type", "required" if mode == "validation" else "always there", "meaning"), rows)

    return part


def meaning(schema: Mapping[str, Any], section: str, name: str) -> str:
    """Give the code's own description, or else the words for it."""
    return str(schema["description"]) if "description" in schema else word(section, name)


def type_of(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Say in words what JSON Schema says."""
    match schema:
        case {"anyOf": [*options]}:
            return "; or ".join(type_of(option, root) for option in options)
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            found = root["$defs"][name]
            return type_of(found, root) if "enum" in found else f"[{name}](#{name.lower()})"
        case {"enum": [*choices]} if len(choices) > 10:  # noqa: PLR2004  (the error codes, which have a table)
            return f"[{schema['title']}](#error-codes)"
        case {"enum": [*choices]}:
            return ", ".join(map(code, choices))
        case {"type": "array"}:
            return f"array of {type_of(schema['items'], root)}"
        case _:
            return ", ".join([str(schema["type"]), *limits(schema)])


def limits(schema: Mapping[str, Any]) -> Iterator[str]:
    """Say what a value must be."""
    if kind := schema.get("format"):
        yield str(kind)
    if "maxLength" in schema:
        yield f"at most {schema['maxLength']:,} characters"
    low, high = (schema.get(name, schema.get(f"exclusive{name.title()}")) for name in ("minimum", "maximum"))
    over = "over " if "exclusiveMinimum" in schema else ""
    if low is not None:
        yield f"{over}{low:,} to {high:,}" if high is not None else f"{over or 'from '}{low:,}"
    pattern = str(schema.get("pattern", ""))
    if pattern and not pattern.startswith("^(?!"):  # pydantic's own, for decimals
        yield code(pattern)


def error_codes() -> str:
    """List the closed list of error codes."""
    rows = []
    for item in ErrorCode:
        word("error_codes", item)
        said = WORDS["error_codes"][item]
        rows.append([code(item.value), said["ends"], said["retry"], said["meaning"], said["help"]])
    return table(("code", "becomes", "the same bytes again?", "meaning", "what helps"), rows)


def retries() -> str:
    """List the codes that are tried again or counted by the breaker."""
    ceiling = max(TRIED_AGAIN.values())
    tries = {
        item: "as `POSTKORB_ATTEMPTS` says" if most == ceiling else f"{most}" for item, most in TRIED_AGAIN.items()
    }
    tries |= dict.fromkeys(WAITED_FOR, "no bound, at the longest back-off")
    rows = [
        [code(item.value), tries.get(item, "1"), "yes" if item in OURS else "no"]
        for item in ErrorCode
        if item in tries or item in OURS
    ]
    return table(("code", "most tries", "counted by the breaker"), rows)


def steps() -> str:
    """List the steps."""
    return ", ".join(code(step.value) for step in Step)


def settings() -> str:
    """List every setting."""
    schema = Settings.model_json_schema()
    return table(
        ("setting", "type", "default", "meaning"),
        [setting_row(name, item, schema) for name, item in schema["properties"].items()],
    )


def setting_row(name: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[str]:
    """Describe one setting."""
    kinds = [item for item in schema.get("anyOf", [schema]) if item.get("type") != "null"]
    secret = any(item.get("writeOnly") for item in kinds)
    type_ = "text, **secret**" if secret else type_of(kinds[0], root).replace("array of string", "list, by commas")
    default = schema.get("default")
    shown = "" if default in (None, "", []) or secret else code(default)
    return [code(f"POSTKORB_{name.upper()}"), type_.replace("string", "text"), shown, meaning(schema, "settings", name)]


def views() -> str:
    """List the views that analysts may read, with their columns, from the dump of the schema."""
    dump = DUMP.read_text("utf-8")
    granted = re.findall(r"GRANT SELECT ON TABLE postkorb\.(\w+) TO postkorb_analyst;", dump)
    types = table_types(dump)
    return "\n\n".join(view(dump, name, types) for name in sorted(granted, key=VIEW_ORDER.index))


def view(dump: str, name: str, types: Mapping[str, Mapping[str, str]]) -> str:
    """Describe one view; a column has the type that it has in the tables that the view reads."""
    comment = re.search(rf"COMMENT ON VIEW postkorb\.{name} IS '(.*)';", dump)
    columns = re.findall(rf"COMMENT ON COLUMN postkorb\.{name}\.(\S+) IS '(.*)';", dump)
    known = {column: kind for source in sources(dump, name) for column, kind in types.get(source, {}).items()}
    known |= COMPUTED_TYPES.get(name, {})
    rows = [[code(column.strip('"')), known[column.strip('"')], unquoted(said)] for column, said in columns]
    return f"### `postkorb.{name}`\n{unquoted(comment[1]) if comment else ''}\n\n" + table(COLUMNS, rows)


def sources(dump: str, name: str) -> set[str]:
    """Find the tables that a view reads, through other views too."""
    body = re.search(rf"CREATE VIEW postkorb\.{name} AS(.*?);", dump, re.DOTALL)
    if body is None:
        return {name}
    return set().union(*(sources(dump, source) for source in re.findall(r"postkorb\.(\w+)", body[1])))


def table_types(dump: str) -> dict[str, dict[str, str]]:
    """Give the columns' types of every table."""
    found = re.findall(r"CREATE TABLE postkorb\.(\w+) \((.*?)\n\);", dump, re.DOTALL)
    column = re.compile(r'^    "?(\w+)"? ([a-z][\w ]*?)(?: DEFAULT.*| NOT NULL)?,?$', re.MULTILINE)
    return {name: dict(column.findall(body)) for name, body in found}


def unquoted(text: str) -> str:
    """Undo SQL's doubling of quotes."""
    return text.replace("''", "'")


def typed_views() -> str:
    """List the shipped document types with their views and fields."""
    rows = [
        [
            code(f"postkorb.{item.view}"),
            code(item.name),
            ", ".join(f"{code(f.name)} {f.kind.column}" for f in item.fields),
        ]
        for item in load_document_types().values()
    ]
    return table(("view", "document type", "columns of its own"), rows)


def constants() -> Iterator[tuple[str, str, str, str]]:
    """Read the names module: the comment above, the constant, its value, and its own docstring."""
    source = Path(names.__file__).read_text("utf-8")
    headings = {number: line for number, line in enumerate(source.splitlines(), start=1) if line.startswith("# ")}
    body = ast.parse(source).body
    for statement, following in zip(body, [*body[1:], None], strict=True):
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(value))):
                heading = max((number for number in headings if number < statement.lineno), default=0)
                yield headings.get(heading, ""), name, value, docstring(following)


def docstring(statement: ast.stmt | None) -> str:
    """Give a statement's text if it is a docstring."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split())
        case _:
            return ""


def named(section: str, start: str) -> Callable[[], str]:
    """Make the part that lists the constants below headings that begin so."""

    def part() -> str:
        rows = [
            [code(value), f"{word(section, name)} {said}".strip()]
            for heading, name, value, said in constants()
            if heading.startswith(start)
        ]
        return table((section.removesuffix("s"), "meaning"), rows)

    return part


def outcomes() -> str:
    """List how a step can leave a document."""
    source = ast.parse(Path(names.__file__).read_text("utf-8"))
    body = next(item.body for item in source.body if isinstance(item, ast.ClassDef) and item.name == "Outcome")
    said = {
        item.targets[0].id: docstring(following)
        for item, following in zip(body, [*body[1:], None], strict=True)
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
    }
    rows = [[code(item.value), said[item.name] or word("outcomes", item.name)] for item in names.Outcome]
    return table(("outcome", "meaning"), rows)


def metrics() -> str:
    """List the metrics as the instruments themselves tell them, after each was used once."""
    reader = InMemoryMetricReader()
    used = Metrics(MeterProvider([reader]).get_meter(names.SCOPE))
    used.documents_done(names.Outcome.PASSED, Step.STORE)
    used.in_flight(1)
    used.tokens("classify", "model", prompt=1, cached=1, completion=1)
    used.step_took(names.PARSE, 1.0, "error")
    used.asked_again("invoice", names.SecondAnswer.HELPED)
    used.asked_rows("invoice", names.SecondAnswer.HELPED)
    used.took("invoice", seconds=1.0, prompt=1, cached=1, completion=1)
    used.cost("invoice", 1.0, "EUR")
    used.type_named("invoice", names.TypeNamedBy.WORDS)
    used.answered_pages("invoice", 1)
    used.batch_of(1)
    used.watch_lag(lambda: [PartitionLag("group", "topic", 0, 1)])
    used.watch_outbox(lambda: 0.0)
    used.watch_refused(lambda: 0)
    used.watch_ready(lambda: {"database": True})
    used.watch_oldest(lambda: {"topic": 0.0})
    used.watch_breaker(lambda: False)
    used.retried(Step.ASK, "error")
    used.commit_failed("group")
    used.redelivered("topic")
    used.outbox_pruned(1)
    data = reader.get_metrics_data()
    return table(("metric", "kind", "unit", "meaning", "attributes"), sorted(metric_rows(data) if data else ()))


def metric_rows(data: MetricsData) -> Iterator[list[str]]:
    """Describe each metric."""
    for metric in data.resource_metrics[0].scope_metrics[0].metrics:
        labels = sorted({label for point in metric.data.data_points for label in point.attributes or ()})
        match metric.data:
            case Sum(is_monotonic=True):
                kind = "counter"
            case Sum():
                kind = "up-down counter"
            case Histogram():
                kind = "histogram"
            case _:
                kind = "gauge"
        yield [code(metric.name), kind, metric.unit or "", metric.description or "", ", ".join(map(code, labels))]


COLUMNS: Final = ("column", "type", "meaning")
VIEW_ORDER: Final = ("results", "fields", "failures", "dead_letters", "costs", "calibrations", "account")


def models() -> str:
    """List the models with the memory that they need under the default settings."""
    columns = ("model", "licence", "languages", "domain", "context", "weights, GiB", "KV cache of 1,000 tokens, MiB")
    return table(
        (*columns, "on a CPU, GiB", "on a GPU, GiB"), [model_row(entry) for entry in load_catalogue().values()]
    )


def server_command() -> str:
    """Write the command of a server of any model, an option a line."""
    context = str(Settings.model_fields["context_tokens"].default)
    flags = shlex.join(("--served-model-name", "NAME", "--max-model-len", context, *SERVER_FLAGS))
    return f"```sh\nvllm serve FOLDER {flags}".replace(" --", " \\\n  --") + "\n```"


def model_row(entry: ModelEntry) -> list[str]:
    """Describe one model."""
    known = [""] * 4
    if entry.config is not None:
        cpu, gpu = (default_terms(Machine(kind, None)).need(entry).total / GIB for kind in ("cpu", "gpu"))
        cache = 1000 * entry.config.kv_bytes_per_token / 2**20
        known = [f"{entry.weights_bytes / GIB:.1f}", f"{cache:.0f}", f"{cpu:.1f}", f"{gpu:.1f}"]
    licence = f"[{entry.licence}]({entry.licence_url})"
    start = [code(entry.name), licence, ", ".join(entry.languages), entry.domain, f"{entry.context_tokens:,}"]
    return start + known


def default_terms(machine: Machine) -> Terms:
    """Give the terms of the default settings on a machine."""
    default = {name: field.default for name, field in Settings.model_fields.items()}
    return Terms(default["allowed_licences"], machine, default["kv_cache_gib"], default["context_tokens"])


def measured(name: str) -> Callable[[], str]:
    """Make the part that shows what `make bench` measured of one of its questions."""

    def part() -> str:
        found = MEASURED["parts"].get(name)
        return NOT_MEASURED if found is None else measurement(found)

    return part


def measurement(part: Mapping[str, Any]) -> str:
    """Write the tables, ratios and notes of a measurement, and what it is of."""
    tables = [f"**{item['title']}**\n\n{numbers(item)}" for item in part["tables"]]
    if part["ratios"]:
        ratios = {
            "words": (0,),
            "columns": ("ratio", "median", "least to greatest", "goal"),
            "rows": map(ratio_row, part["ratios"]),
        }
        tables.append(numbers(ratios))
    made = part["made"]
    said = f"Measured on {made['at'][:10]} at {made['commit']}, on {made['machine']}, in {made['seconds']:.0f} s."
    return "\n\n".join([*tables, *part["notes"], said])


def ratio_row(item: Mapping[str, Any]) -> list[str]:
    """Describe a ratio, and whether it is what it should be."""
    spread = f"{item['low']:.3f} to {item['high']:.3f}" if item["rounds"] > 1 else ""
    if (goal := item["goal"]) is None:
        return [item["name"], f"{item['value']:.3f}", spread, ""]
    reached = item["value"] <= goal if item["lower_is_better"] else item["value"] >= goal
    wanted = (
        f"at {'most' if item['lower_is_better'] else 'least'} {goal:g}, {'reached' if reached else '**not reached**'}"
    )
    return [item["name"], f"{item['value']:.3f}", spread, wanted]


def goals() -> str:
    """Hold what was measured of the answers against what is wanted of them, on seen and on unread documents."""
    rows = [
        [item["figure"], item.get("goal", {}).get("said", "none set"), developed(item), unread(item)] for item in GOALS
    ]
    missed = "; ".join(figure for figure, *_, found in rows if MISSED in found)
    made, sets = ANSWERS["made"], LAYOUTS[0][-LAST_SETS:]
    said = (
        f"**Not reached on unread documents**, of the last set or of the last {LAST_SETS}: {missed}.\n\n"
        f"Development, where nothing else is said: the {ANSWERS['figures']['documents']} samples that can be read,"
        f" `samples/baseline.json` of {made['at'][:10]}, {made['model']}. Unread: the first reading of the {sets[-1]}"
        f" set of other people's templates, and of the last {LAST_SETS} ({', '.join(sets)}) together,"
        " [November and December 2026](../../samples/layouts/README.md); types are counted in"
        " `samples/first_readings`."
    )
    return f"{table(('figure', 'goal', 'development', 'unread'), rows)}\n\n{said}"


def developed(item: Mapping[str, Any]) -> str:
    """Give the figure of documents that code was made by looking at."""
    match item["development"]:
        case {"right": right, "of": of, "source": source}:
            return f"{judged(item, [(right, of)])}; {source}"
        case {"baseline": [*path], **more}:
            found: Any = ANSWERS["figures"]
            for name in path:
                found = found[name]
            if counts := more.get("counts"):
                return judged(item, [(sum(found[name] for name in counts), found[more.get("of", "answered")])])
            return judged(item, [(found["right"], found["of"]) if isinstance(found, dict) else found])
        case text:
            return str(text)


def unread(item: Mapping[str, Any]) -> str:
    """Give the figure of documents that nobody had looked at: of the last set, and of the last ones together."""
    match item["unread"]:
        case {"layouts": row, **more}:
            (cells,) = (cells[-LAST_SETS:] for name, *cells in LAYOUTS if name == row)
            counts = [count_in(cell, int(more.get("part", 0))) for cell in cells]
        case {"readings": of, "right": right}:
            counts = [count_of_readings(name, of, right=right) for name in LAYOUTS[0][-LAST_SETS:]]
        case text:
            return str(text)
    return f"{judged(item, counts[-1:])}; last {LAST_SETS}: {judged(item, counts)}"


def count_in(cell: str, part: int) -> tuple[int, int] | float:
    """Read `203 of 210; 205 of 213`, where `; of 187` leaves out the first number again, or a number alone."""
    counts = re.findall(r"(\d+)? ?of (\d+)", cell)
    if not counts:
        number = cell.partition(",")[0]
        return int(number) if number.isdigit() else float(number)
    right, of = counts[part]
    return int(right or counts[0][0]), int(of)


def count_of_readings(name: str, what: str, *, right: bool) -> tuple[int, int]:
    """Count right or wrong answers of a set's first reading."""
    (file,) = (SAMPLES / "first_readings").glob(f"layouts-{name}-{ANSWERS['made']['model']}.json.gz")
    found = json.loads(gzip.decompress(file.read_bytes()))[what]
    return sum(answer["right"] is right for answer in found), len(found)


def judged(item: Mapping[str, Any], counts: Sequence[Any]) -> str:
    """Say shares or counts of sets together, or the range of other numbers, and whether the goal is reached."""
    match counts:
        case [(_, _), *_]:
            right, of = (sum(numbers) for numbers in zip(*counts, strict=True))
            said, values = f"{right} of {of} ({100 * right / of:.1f} %)", [right / of]
        case [int(), *_]:
            said, values = str(sum(counts)), [sum(counts)]
        case _:
            said, values = " to ".join(f"{number:.3g}" for number in sorted({min(counts), max(counts)})), [*counts]
    match item.get("goal", {}):
        case {"least": least}:
            return f"{said}, {'reached' if min(values) >= least else MISSED}"
        case {"most": most}:
            return f"{said}, {'reached' if max(values) <= most else MISSED}"
        case _:
            return said


def capacity() -> str:
    """Write the plan for ten million documents a day, as it follows from what was measured."""
    return numbers(MEASURED["plan"]) if MEASURED["plan"] else NOT_MEASURED


def numbers(found: Mapping[str, Any]) -> str:
    """Write a table whose columns behind the words are numbers."""
    columns = found["columns"]
    ruler = [("---" if place in found["words"] else "---:") for place in range(len(columns))]
    return "\n".join(f"| {' | '.join(line)} |" for line in (columns, ruler, *found["rows"]))


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "topics": topics,
    "submitted": members(DocumentSubmitted, "validation"),
    "content": members(Content, "validation"),
    "processed": members(DocumentProcessed),
    "field": members(FieldAnswer),
    "finding": members(Finding),
    "provenance": members(Provenance),
    "failed": members(DocumentFailed),
    "error-codes": error_codes,
    "retries": retries,
    "steps": steps,
    "settings": settings,
    "models": models,
    "server-command": server_command,
    "views": views,
    "typed-views": typed_views,
    "spans": named("spans", "# Spans"),
    "attributes": named("attributes", "# Attributes"),
    "outcomes": outcomes,
    "metrics": metrics,
    **{f"bench-{name}": measured(name) for name in BENCH},
    "plan": capacity,
    "goals": goals,
}

if __name__ == "__main__":
    main()
