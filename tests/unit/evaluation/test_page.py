import re
from datetime import UTC, datetime

import pytest
from lxml import html
from unit.evaluation.outcomes import document, field, row_fault, rows

from schemas.events import Status
from services.evaluation.comparison import compare
from services.evaluation.figures import figures_of
from services.evaluation.page import ROWS_OPEN, faults_of, render
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
    return report(document("a", wrong, reasons=[HOSTILE], file=HOSTILE, **changes), failed)


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
