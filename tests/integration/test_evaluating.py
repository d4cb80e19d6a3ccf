"""`postkorb evaluate`, `compare` and `replay`, from documents and databases to exit codes."""

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from integration.storage import stored as given
from scripted import REFUSED, letter
from scripted_server import MODEL, ScriptedServer, scripted_server
from typer.testing import CliRunner, Result

from schemas.events import Status
from services.answers.calibration import read_calibration
from services.cli.main import app
from services.evaluation.asking import Reading
from services.evaluation.fitting import FitError
from services.evaluation.labels import Label
from services.evaluation.scoring import Said, Unsaid
from services.evaluation.stored import stored_cases
from services.intake.document import ParsedDocument
from services.settings import SettingsError
from services.storage.answers import ensure_pipeline, record_answers
from services.storage.database import Database
from services.storage.pipelines import UnknownPipelineError
from services.storage.records import NewDocument, Pipeline
from services.storage.usage import record_usage

FIELDS = {
    "invoice_number": "RE-17",
    "issue_date": "05.06.2018",
    "seller_name": "Lieferant GmbH",
    "gross_total": "197,65",
}
OTHER = Pipeline("pipeline-2", "phi", "e" * 64, {})
TRUTH = FIELDS | {"issue_date": "2018-06-05", "gross_total": "197.65"}


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with scripted_server() as running:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("POSTKORB_ENGINE", "remote")
        monkeypatch.setenv("POSTKORB_ENGINE_URLS", running.url)
        monkeypatch.setenv("POSTKORB_MODEL", MODEL)
        monkeypatch.setenv("POSTKORB_DATA_DIR", str(tmp_path / "data"))
        yield running


def labelled(folder: Path, wrong: int = 0, documents: int = 8) -> Path:
    """Write invoices that say what their labels say, apart from the seller of the first ones."""
    folder.mkdir(exist_ok=True)
    labels = {}
    for number in range(documents):
        name = f"invoice-{number}.txt"
        (folder / name).write_text(letter("invoice", **FIELDS, note=f"Lieferant AG, Brief {number}"), "utf-8")
        said = {"seller_name": "Lieferant AG"} if number < wrong else {}
        labels[name] = {"document_type": "invoice", "fields": TRUTH | said}
    (folder / "labels.json").write_text(json.dumps(labels), "utf-8")
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(item) for item in arguments])


def evaluated(folder: Path, *more: object) -> tuple[Result, dict]:
    result = run("evaluate", folder, "--json", *more)
    return result, json.loads(result.stdout)


def test_right_answers_are_right(tmp_path: Path):
    result, said = evaluated(labelled(tmp_path / "letters"))
    assert result.exit_code == 0
    assert (said["figures"]["fields"]["right"], said["figures"]["fields"]["of"]) == (32, 32)
    assert said["figures"]["classes"]["right"] == 8
    assert said["made"]["model"] == MODEL
    assert said["figures"]["cost"]["calls"] >= 2
    page = Path(said["page"])
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert json.loads(Path(said["report"]).read_text("utf-8"))["documents"][0]["file"] == "invoice-0.txt"


def test_a_worse_one_fails_and_the_same_one_passes(tmp_path: Path):
    folder = labelled(tmp_path / "letters")
    baseline = tmp_path / "baseline.json"
    assert run("evaluate", folder, "--output", baseline.with_suffix(".html")).exit_code == 0
    assert run("evaluate", folder, "--baseline", baseline).exit_code == 0
    run("evaluate", labelled(folder, wrong=7), "--output", baseline.with_suffix(".html"))
    text = baseline.read_text("utf-8")
    assert text.count('"verdict": "wrong"') == 7
    baseline.write_text(text.replace('"verdict": "wrong"', '"verdict": "right"'), "utf-8")
    worse, said = evaluated(folder, "--baseline", baseline)
    assert worse.exit_code == 1
    assert said["baseline"]["worse"]
    assert {item["path"] for item in said["baseline"]["changed"]} == {"seller_name"}


def test_page_and_json_cannot_be_one_file(tmp_path: Path):
    result = run("evaluate", labelled(tmp_path / "letters", documents=1), "--output", tmp_path / "report.json")
    assert result.exit_code == 2
    assert "at once" in result.output


def test_a_document_that_the_engine_refuses_fails_alone(tmp_path: Path):
    folder = labelled(tmp_path / "letters", documents=3)
    (folder / "invoice-1.txt").write_text(letter("invoice", **FIELDS, note=REFUSED), "utf-8")
    _, said = evaluated(folder)
    assert (said["figures"]["failed"], said["figures"]["classes"]["right"]) == (1, 2)
    shown = run("evaluate", folder).stdout
    assert "Documents without an answer" in shown
    assert "invoice-1.txt" in shown


def test_an_engine_that_is_away_ends_it(server: ScriptedServer, tmp_path: Path):
    folder = labelled(tmp_path / "letters", documents=2)
    server.answering = False
    assert run("evaluate", folder).exit_code != 0


def test_people_get_tables_and_the_pages_place(tmp_path: Path):
    result = run("evaluate", labelled(tmp_path / "letters", documents=3), "--hourly-price", "0.35")
    assert result.exit_code == 0
    for said in ("fields right", "12 of 12", "price of a thousand", "letters.html", "3 of 3 documents answered"):
        assert said in result.stdout


def test_confidences_are_fitted_and_then_used_by_another_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = labelled(tmp_path / "letters", wrong=6, documents=12)
    _, said = evaluated(folder, "--calibrate")
    before = json.loads(Path(said["report"]).read_text("utf-8"))
    file = Path(said["calibration"]["file"])
    fitted = read_calibration(file.read_bytes()).fitted
    assert fitted is not None
    assert (fitted.documents, fitted.pipeline_id) == (12, said["made"]["pipeline_id"])
    assert (fitted.fields.answers, fitted.fields.wrong) == (48, 6)
    assert said["calibration"]["fields"]["fitted"]["auroc"] == fitted.fields.auroc
    assert said["calibration"]["fields"]["before"] == said["figures"]["field_calibration"]
    assert "Fitted to these documents" in Path(said["page"]).read_text("utf-8")
    monkeypatch.setenv("POSTKORB_CALIBRATION", str(file))
    _, then = evaluated(folder)
    after = json.loads(Path(then["report"]).read_text("utf-8"))
    assert then["calibration"] is None
    assert then["made"]["pipeline_id"] != said["made"]["pipeline_id"]
    assert confidence(after, "seller_name") < confidence(before, "seller_name")
    assert said["figures"]["field_calibration"]["ece"] > then["figures"]["field_calibration"]["ece"]


def confidence(report: dict, path: str) -> float:
    fields = {item["path"]: item["answer"] for item in report["documents"][0]["fields"]}
    return fields[path]["confidence"]


def test_people_are_told_what_a_fit_brought_and_where_it_is(tmp_path: Path):
    folder = labelled(tmp_path / "letters", wrong=2, documents=10)
    result = run("evaluate", folder, "--calibrate", "--output", tmp_path / "report.html")
    assert result.exit_code == 0
    assert "Confidence, fitted" in result.stdout
    assert f"POSTKORB_CALIBRATION={tmp_path / 'report.calibration.json'}" in result.stdout


def test_too_few_documents_to_fit_to_are_refused_before_anything_is_asked(server: ScriptedServer, tmp_path: Path):
    folder = labelled(tmp_path / "letters", documents=10)
    (folder / "invoice-1.txt").write_bytes((folder / "invoice-0.txt").read_bytes())
    result = run("evaluate", folder, "--calibrate")
    assert isinstance(result.exception, FitError)
    assert "9 documents are too few" in str(result.exception)
    assert not server.asked


def test_too_few_answers_to_fit_to_leave_the_report(tmp_path: Path):
    folder = labelled(tmp_path / "letters", documents=10)
    (folder / "invoice-1.txt").write_text(letter("invoice", **FIELDS, note=REFUSED), "utf-8")
    result = run("evaluate", folder, "--calibrate", "--output", tmp_path / "report.html")
    assert isinstance(result.exception, FitError)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["figures"]["failed"] == 1
    assert not (tmp_path / "report.calibration.json").exists()


def test_stored_answers_cannot_be_fitted_to(server: ScriptedServer, tmp_path: Path):
    folder = labelled(tmp_path / "letters", documents=10)
    result = run("evaluate", folder, "--calibrate", "--pipeline", "some")
    assert result.exit_code == 2
    assert "stored answers" in result.output
    assert not server.asked


def test_a_calibration_that_cannot_be_used_is_said_before_anything_is_asked(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("POSTKORB_CALIBRATION", str(tmp_path / "nowhere.json"))
    result = run("evaluate", labelled(tmp_path / "letters", documents=1))
    assert isinstance(result.exception, SettingsError)
    assert not server.asked


@pytest.mark.parametrize(("told", "used"), [(None, "ignore"), ("check", "check")])
def test_the_xml_of_e_invoices_is_ignored_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, used: str
):
    if told:
        monkeypatch.setenv("POSTKORB_EINVOICE", told)
    _, said = evaluated(labelled(tmp_path / "letters", documents=1))
    assert said["made"]["settings"]["einvoices"] == used


async def test_stored_answers_are_taken_by_their_bytes(database: Database):
    await given.process(database, given.document())
    label = Label(Path("a.pdf"), "invoice", {})
    readings = [
        Reading(label, sha, ParsedDocument(("content",)), "de") for sha in (given.document().content_sha256, "0")
    ]
    first, second = await stored_cases(database, given.PIPELINE.pipeline_id, readings)
    assert isinstance(first.said, Said)
    assert list(first.said.fields) == list(given.FIELDS)
    assert (first.said.cost.prompt_tokens, first.said.cost.seconds) == (500, None)
    assert isinstance(second.said, Unsaid)


@pytest.fixture
def connected(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name the database in the environment; there is no broker, and none is needed."""
    monkeypatch.setenv("POSTKORB_DATABASE_URL", migrated_url.replace("+asyncpg", ""))
    monkeypatch.setenv("POSTKORB_KAFKA_BOOTSTRAP_SERVERS", "nobody:1")
    return migrated_url


def stored(url: str, *documents: NewDocument) -> None:
    async def store() -> None:
        async with Database.open(url, "postkorb-tests") as database:
            for document in documents:
                await given.process(database, document)

    asyncio.run(store())


def test_a_pipelines_stored_answers_are_evaluated_without_asking(
    connected: str, server: ScriptedServer, tmp_path: Path
):
    folder = labelled(tmp_path / "letters", documents=2)
    sha256 = hashlib.sha256((folder / "invoice-0.txt").read_bytes()).hexdigest()
    stored(connected, given.document(content_sha256=sha256))
    result, said = evaluated(folder, "--pipeline", given.PIPELINE.pipeline_id)
    assert result.exit_code == 0
    assert (said["made"]["source"], said["made"]["wall_seconds"]) == ("stored", None)
    assert (said["figures"]["failed"], said["figures"]["classes"]["right"]) == (1, 1)
    assert not server.asked


@pytest.mark.usefixtures("connected")
def test_a_pipeline_that_is_not_there_is_said(tmp_path: Path):
    result = run("evaluate", labelled(tmp_path / "letters", documents=1), "--pipeline", "nowhere")
    assert isinstance(result.exception, UnknownPipelineError)
    assert isinstance(run("compare", "nowhere", "nowhere").exception, UnknownPipelineError)


def test_pipelines_are_compared(connected: str):
    stored(connected, given.document())
    name = given.PIPELINE.pipeline_id
    result = run("compare", name, name, "--json")
    assert json.loads(result.stdout)["agreement"] == {
        "documents": 1,
        "differing_documents": 0,
        "fields": 3,
        "differing_fields": 0,
    }
    assert "1 documents were answered by both: 0 of them differ" in run("compare", name, name).stdout


def answered_by_two(url: str) -> None:
    """Store one document, and what two pipelines said of it: another total, a field each, another status."""
    gross, issued, _ = given.FIELDS
    fields = [
        gross.model_copy(update={"value": "15387.80", "confidence": 0.4}),
        issued,
        issued.model_copy(update={"path": "due_date"}),
    ]

    async def store() -> None:
        async with Database.open(url, "postkorb-tests") as database:
            key = await given.process(database, given.document(tenant="acme"))
            of_batch = given.batch(OTHER.pipeline_id)
            item = given.answer(key, given.document(tenant="acme"), of_batch, fields=fields, status=Status.INCOMPLETE)
            async with database.transaction() as connection:
                await ensure_pipeline(connection, OTHER)
                await record_answers(connection, [of_batch], [item])

    asyncio.run(store())


def test_what_two_pipelines_say_differently_is_shown_side_by_side(connected: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "160")
    answered_by_two(connected)
    result = run("compare", given.PIPELINE.pipeline_id, OTHER.pipeline_id)
    assert result.exit_code == 0
    assert "1 documents were answered by both: 1 of them differ, in 3 of 4 fields" in result.stdout
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in result.stdout.splitlines()]
    assert [row for row in rows if row] == [
        ["acme/inv-1", "status", "complete", "incomplete"],
        ["acme/inv-1", "due_date", "", "2018-06-05 (0.80)"],
        ["acme/inv-1", "gross_total", "15387.08 (0.90)", "15387.80 (0.40)"],
        ["acme/inv-1", "seller_name", "Nowhere (0.10, unsupported)", ""],
    ]
    said = json.loads(run("compare", given.PIPELINE.pipeline_id, OTHER.pipeline_id, "--json").stdout)
    assert [item["path"] for item in said["differences"]] == [row[1] for row in rows if row]


def test_a_replay_foretells_first_and_does_nothing_unless_told_to(connected: str):
    stored(connected, given.document("inv-1", "1"), given.document("inv-2", "2", tenant="acme"))
    foretold = run("replay", "--tenant", "acme", "--json")
    assert json.loads(foretold.stdout)["forecast"]["documents"] == 1
    assert json.loads(foretold.stdout)["handed_in"] == 0
    done = run("replay", "--all", "--yes")
    assert done.exit_code == 0
    assert "1,080" in done.stdout
    assert "2 documents are on their way" in done.stdout


def at(hours: int) -> str:
    return (given.MOMENT + timedelta(hours=hours)).isoformat()


def answered_at(url: str) -> None:
    """Store answers of two tenants, of two types and hours; each took 27 s and 540 tokens."""

    async def store() -> None:
        async with Database.open(url, "postkorb-tests") as database:
            for number, (tenant, document_type, hours) in enumerate(
                [
                    ("default", "invoice", 0),
                    ("acme", "invoice", 2),
                    ("acme", "contract", 0),
                    ("acme", "contract", 2),
                    ("default", "contract", 2),
                ]
            ):
                item = given.document(f"inv-{number}", str(number), tenant=tenant)
                begun = given.MOMENT + timedelta(hours=hours)
                done = begun + timedelta(seconds=27)
                of_batch = replace(given.batch(), started_at=begun)
                [accepted] = await given.store(database, item)
                answer = given.answer(
                    accepted.document_key, item, of_batch, document_type=document_type, processed_at=done
                )
                async with database.transaction() as connection:
                    await ensure_pipeline(connection, given.PIPELINE)
                    await record_answers(connection, [of_batch], [answer])
                    used = given.used(accepted.document_key, of_batch, tenant=tenant, engine_seconds=10.8)
                    await record_usage(connection, [used])

    asyncio.run(store())


async def handed_in(url: str) -> list[str]:
    async with Database.open(url, "postkorb-tests") as database, database.transaction() as connection:
        return sorted(taken.row.key.decode() for taken in await given.publish(connection))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--type", "contract"], ["inv-2", "inv-3", "inv-4"]),
        (["--tenant", "acme"], ["inv-1", "inv-2", "inv-3"]),
        (["--since", at(1)], ["inv-1", "inv-3", "inv-4"]),
        (["--until", at(1)], ["inv-0", "inv-2"]),
        (["--type", "contract", "--tenant", "acme", "--since", at(1)], ["inv-3"]),
    ],
)
def test_a_replay_is_of_a_type_a_tenant_and_a_time(connected: str, arguments: list[str], expected: list[str]):
    answered_at(connected)
    foretold = json.loads(run("replay", *arguments, "--json").stdout)
    assert (foretold["forecast"]["documents"], foretold["handed_in"]) == (len(expected), 0)
    assert asyncio.run(handed_in(connected)) == []
    done = run("replay", *arguments, "--yes", "--json")
    assert json.loads(done.stdout)["handed_in"] == len(expected)
    assert asyncio.run(handed_in(connected)) == expected


def test_a_forecast_has_the_price_of_its_time(connected: str, monkeypatch: pytest.MonkeyPatch):
    def foretold(*arguments: str) -> tuple[float | None, str]:
        order = ("replay", "--tenant", "acme", *arguments)
        return json.loads(run(*order, "--json").stdout)["price"], run(*order).stdout

    price, table = foretold("--hourly-price", "480")
    assert price is None
    assert "not measured yet" in table
    answered_at(connected)
    price, table = foretold()
    assert price is None
    assert "no price of an hour given" in table
    # In 54 s five answers were made, of as many tokens each: three take 32.4 s.
    price, table = foretold("--hourly-price", "480")
    assert price == pytest.approx(4.32)
    assert "0:00:32" in table
    assert "4.32" in table
    monkeypatch.setenv("POSTKORB_HOURLY_PRICE", "960")
    monkeypatch.setenv("POSTKORB_CURRENCY", "EUR")
    assert foretold()[0] == pytest.approx(8.64)
    assert foretold("--hourly-price", "480")[0] == pytest.approx(4.32)


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("arguments", [[], ["--all", "--tenant", "acme"]])
def test_a_replay_wants_to_know_which(arguments: list[str]):
    result = run("replay", *arguments)
    assert result.exit_code == 2
    assert "say which" in result.output
