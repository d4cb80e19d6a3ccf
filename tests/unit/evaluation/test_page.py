import re
from datetime import UTC, datetime

import pytest
from lxml import html
from unit.evaluation.outcomes import answer, copied, document, field, row_fault, rows

from schemas.events import Finding, FindingKind, Status
from services.evaluation.comparison import compare
from services.evaluation.figures import figures_of
from services.evaluation.page import REASONS_OPEN, ROWS_OPEN, faults_of, render
from services.evaluation.report import Cost, Excerpt, Made, Report

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}'
MADE = Made(
    at=datetime(2026, 11, 25, tzinfo=UTC),
    folder="letters",
    source="asked",
    pipeline_id="p",
    model="m",
    settings={},
    wall_seconds=12.0,
    hourly_price=0.35,
)


def report(*documents) -> Report:
    return Report(made=MADE, figures=figures_of(documents, 12.0, 0.35), documents=list(documents))


def hostile():
    place = Excerpt(page=1, before=HOSTILE, text=HOSTILE, after=HOSTILE)
    wrong = field("seller_name", HOSTILE, "x" + HOSTILE).model_copy(update={"evidence": place, "truth_place": place})
    changes = {
        "rows": rows(found=9, found_shown=9, missing=[row_fault(HOSTILE, place)], extra=[row_fault(HOSTILE)]),
        "status": Status.INCOMPLETE,
    }
    failed = document(
        "b", field("x", "1", None), answered=None, failure="internal_error", failure_message=HOSTILE, cost=None
    )
    found = [Finding(kind=FindingKind.VALUE, fields=["seller_name"], message=HOSTILE)]
    return report(document("a", wrong, reasons=[HOSTILE], findings=found, file=HOSTILE, **changes), failed)


def shown(page: str) -> str:
    """Give a page's text with single spaces."""
    return " ".join(html.fromstring(page).text_content().split())


def cells(page: str, heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading."""
    [table] = html.fromstring(page).xpath(f"//h2[.='{heading}']/following-sibling::div[1]//table")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("td")] for row in table.xpath(".//tr[td]")]


def test_what_a_document_says_is_never_markup():
    page = render(hostile(), compare(hostile(), hostile()))
    tree = html.fromstring(page)
    assert not tree.xpath("//script | //img | //iframe | //object | //link | //form | //a")
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert "{{ 7 * 7 }}" in tree.text_content()
    assert HOSTILE in tree.text_content()


def test_the_page_needs_nothing_else():
    page = render(hostile())
    tree = html.fromstring(page)
    named = [value for item in tree.iter() for name, value in item.attrib.items() if name.endswith(("href", "src"))]
    styles = [*(item.text or "" for item in tree.iter("style")), *(item.get("style", "") for item in tree.iter())]
    drawn = [item.get("clip-path", "") for item in tree.iter()]
    targets = [*named, *re.findall(r"url\(([^)]*)\)", " ".join([*styles, *drawn]))]
    assert targets
    assert all(target.startswith("#") for target in targets)
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_a_fault_stands_beside_its_evidence():
    place = Excerpt(page=3, before="Summe ", text="12,00", after=" EUR")
    wrong = field("gross_total", "13.00", "12.00").model_copy(update={"evidence": place})
    text = html.fromstring(render(report(document("a", wrong)))).text_content()
    assert "page 3: …Summe 12,00 EUR…" in text
    assert "wrong, unflagged" in text


def test_every_row_at_fault_is_shown_beside_its_place_the_first_ones_at_once():
    missing = [
        row_fault(f"1 | Artikel {n} | 5", Excerpt(page=2, before="Nr. ", text=f"Artikel {n}", after=" 5,00"))
        for n in range(9)
    ]
    extra = [
        row_fault("7 | Übertrag | 90", Excerpt(page=3, before="", text="Übertrag 90,00", after="")),
        row_fault("1 | x | 2"),
    ]
    page = html.fromstring(render(report(document("a", rows=rows(found=1, missing=missing, extra=extra)))))
    text = page.text_content()
    assert [f"page 2: …Nr. Artikel {n} 5,00…" in text for n in range(9)] == [True] * 9
    assert "page 3: …Übertrag 90,00…" in text
    assert "stands nowhere in the text" in text
    folded = page.xpath("//details")
    assert [item.xpath("string(summary)") for item in folded] == [f"{9 - ROWS_OPEN} more"]
    assert "Artikel 8" in folded[0].text_content()
    assert f"Artikel {ROWS_OPEN - 1}" not in folded[0].text_content()


def test_seconds_that_nobody_measured_are_not_said():
    cost = Cost(seconds=None, calls=1, prompt_tokens=1, cached_tokens=0, completion_tokens=1)
    documents = [document("a", cost=cost)]
    made = MADE.model_copy(update={"source": "recorded", "wall_seconds": None})
    text = html.fromstring(
        render(Report(made=made, figures=figures_of(documents, None, 0.35), documents=documents))
    ).text_content()
    assert "recorded answers, said again" in text
    assert "neither seconds nor a price are measured" in text
    assert "Documents an hour" not in text


def test_the_page_says_how_much_of_what_is_right_has_no_value():
    fields = [copied("iban", "DE1"), copied("iban", "DE2"), field("number", "1", "1")]
    page = render(report(*(document(name, item) for name, item in zip("abc", fields, strict=True))))
    said = "2 of them are exact copies of what is not valid on the page itself: no value, flagged"
    assert said in shown(page)
    assert [row[:4] for row in cells(page, "By field")[1:]] == [
        ["iban", "vat_id", "100.0 % 2 of 2", "2"],
        ["number", "text", "100.0 % 1 of 1", ""],
    ]
    assert "the exact copy counts as right, which has no value" in shown(page)
    assert "1 of them is an exact copy of what is not valid" in shown(render(report(document("a", fields[0]))))
    assert "of them are exact copies" not in shown(render(report(document("a", fields[2]))))


def test_every_document_says_why_it_needs_a_look():
    findings = [
        Finding(kind=FindingKind.REPAIRED, fields=["number"], message="was put in"),
        *(Finding(kind=FindingKind.CONFIDENCE, fields=["x"], message=f"{n} is not sure") for n in range(5)),
    ]
    page = render(report(document("a", findings=findings, reasons=["rows are missing"], status=Status.INCOMPLETE)))
    [[*_, said]] = cells(page, "Every document")
    sure = [f"confidence {n} is not sure" for n in range(5)]
    assert said == " ".join(["incomplete rows are missing", *sure[:2], f"{6 - REASONS_OPEN} more", *sure[2:]])


def test_words_of_the_page_do_not_run_into_each_other():
    wrong = field("seller_name", "Bei Spiel GmbH", "Spiel GmbH", 0.75)
    unsure = wrong.answer.model_copy(update={"value": None, "proposal": "Spiel GmbH", "status": "doubtful"})
    page = shown(render(report(document("a", wrong, wrong.model_copy(update={"answer": unsure})))))
    assert "Spiel GmbH 0.75 sure" in page
    assert "Spiel GmbH only proposed, doubtful, 0.75 sure" in page
    before, after = (report(document("a", field("x", truth, "1"))) for truth in "12")
    assert "leaves out zero. Left out, as labels are" in shown(render(after, compare(before, after)))


def test_one_is_said_as_one():
    unsure = answer("x", "2").model_copy(update={"value": None, "proposal": "2", "status": "doubtful"})
    proposed = field("x", "1", None, flagged=True).model_copy(update={"answer": unsure})
    one = document("a", field("y", "1", "2", flagged=True), proposed, rows=rows())
    page = shown(render(report(one)))
    for said in ("1 document of letters", "1 more says that it may be wrong", "1 is only proposed, not stated"):
        assert said in page
    assert not re.search(r"\b1 (documents|answers|values|fields|are)\b", page)


def test_a_document_that_should_fail_and_was_answered_says_so():
    page = render(report(document("a", expected_failure="document_broken")))
    assert cells(page, "Every document")[0][-1] == "should fail with document_broken"


def test_a_long_name_goes_on_in_the_next_line_and_a_long_word_is_not_cut_off():
    page = html.fromstring(render(report(document("a", file="one_<b>-two.pdf", reasons=["x" * 300]))))
    [row] = page.xpath("//table[@class='documents']//tr[td]")
    assert len(row.xpath("td[1]//wbr")) == 2
    assert row.xpath("string(td[1])") == "one_<b>-two.pdf"
    assert ".documents td { overflow-wrap: anywhere; }" in page.xpath("string(//style)")


def test_silent_mistakes_come_first():
    documents = [
        document("a", field("x", "1", "2", flagged=True)),
        document("b", field("x", "1", None)),
        document("c", field("x", "1", "2")),
        document("d", field("x", "1", "1"), field("y", "1", "2", shown=False)),
    ]
    assert [fault.document.file for fault in faults_of(documents)] == ["c.pdf", "a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    "documents",
    [
        [],
        [document("a", answered=None, status=None, cost=None)],
        [document("a", field("x", None, None))],
        [document("a", expected_failure="document_broken", failure="document_broken", answered=None, cost=None)],
    ],
)
def test_a_page_of_little_is_a_page(documents):
    assert "How well the answers hold" in render(report(*documents))


def test_the_same_figures_give_the_same_page():
    assert render(hostile()) == render(hostile())
