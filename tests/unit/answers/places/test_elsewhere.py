"""A value from a place that is hardly its field's gives way to what another place far likelier says."""

from collections.abc import Mapping

import pytest
from unit.answers.placed import BOTH, a_type, field, placed, values
from unit.answers.places.spots import learned

from schemas.document_types import DocumentType, Kind, Role, Rule
from schemas.events import FieldAnswer, FindingKind
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.confidence import UNWEIGHED
from services.answers.findings import findings_of
from services.answers.places.elsewhere import FAR_LIKELIER, by_places
from services.answers.places.learned import NO_PLACES, LearnedPlaces
from services.answers.places.scored import LIKELY
from services.answers.review import Review

BILL = a_type(
    field("seller", Kind.NAME, "Verkäufer", "seller", role=Role.SENDER),
    field("number", Kind.REFERENCE, "Rechnungsnummer", "number", of_document=True),
    field("issued", Kind.DATE, "Datum", "date", of_document=True),
    field("due", Kind.DATE, "fällig", "due"),
    field("net", Kind.MONEY, "netto", "net"),
    field("tax", Kind.MONEY, "Steuer", "tax"),
    field("gross", Kind.MONEY, "Summe", "gross"),
    field("subject", Kind.TEXT, "Betreff", "subject"),
    rules=(
        Rule(name="sum", check="near(net + tax, gross)", fields=("net", "tax", "gross"), message=BOTH),
        Rule(name="order", check="due >= issued", fields=("due",), message=BOTH),
    ),
)
PAGES, LAYOUTS = placed(
    ("Nordwerk GmbH · Kaiweg 5 · 20457 Hamburg", 0, 100),
    ("Brook & Partner", 0, 400),
    ("Nummer", 0, 600),
    ("RE-2026-17", 3000, 600),
    ("Bestellung", 0, 800),
    ("B-2026-77", 3000, 800),
    ("Datum", 0, 1000),
    ("05.06.2026", 3000, 1000),
    ("fällig", 0, 1200),
    ("19.06.2026", 3000, 1200),
    ("netto", 0, 1400),
    ("100,00 €", 3000, 1400),
    ("Steuer", 0, 1600),
    ("19,00 €", 3000, 1600),
    ("Summe", 0, 1800),
    ("119,00 €", 3000, 1800),
    ("bezahlt", 0, 2000),
    ("50,00 €", 3000, 2000),
)
FAR = FAR_LIKELIER + 0.5
LEARNED = learned(
    {
        "name:sender": {"line0": FAR},
        "reference:number": {"left:nummer": FAR},
        "date:of_document": {"left:datum": FAR},
        "money:gross": {"left:summe": FAR},
        "money:tax": {"left:steuer": FAR},
        "money:net": {"left:netto": FAR},
        "text:subject": {"line0": FAR},
    }
)


def candidates(places: LearnedPlaces = LEARNED) -> Candidates:
    return Candidates(PAGES, "de", LAYOUTS, learned_places=places)


def reviewed(copied: Mapping[str, str], known: Candidates) -> Review:
    fields = check_answer(BILL, copied, PAGES, "de", known.surroundings)
    return Review(fields, findings_of(BILL, fields, {}, "de"), {})


def done(places: LearnedPlaces = LEARNED, kind: DocumentType = BILL, **copied: str) -> Review:
    """Give what becomes of what a model copied."""
    known = candidates(places)
    return by_places(kind, reviewed(copied, known), known, "de")


def only(done: Review) -> FieldAnswer:
    (answer,) = done.fields
    return answer


@pytest.mark.parametrize(
    ("name", "copied", "value", "written"),
    [
        pytest.param("seller", "Brook & Partner", "Nordwerk GmbH", "Nordwerk GmbH", id="a name"),
        pytest.param("number", "B-2026-77", "RE-2026-17", "RE-2026-17", id="a number"),
        pytest.param("issued", "19.06.2026", "2026-06-05", "05.06.2026", id="a date"),
        pytest.param("gross", "50,00 €", "119.00", "119,00 €", id="an amount"),
    ],
)
def test_a_value_is_taken_from_where_it_far_likelier_stands(name: str, copied: str, value: str, written: str) -> None:
    answer = only(done(**{name: copied}))
    assert (answer.path, answer.value, answer.verbatim, answer.status) == (name, value, written, "ok")
    assert (answer.page, answer.char_start) == (1, PAGES[0].index(written))
    assert PAGES[0][answer.char_start : answer.char_end] == written
    assert answer.confidence == UNWEIGHED, "what it is worth is weighed anew"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("214, Rathaus II", "Brook & Partner"),
        ("1a Reifen GmbH", "1a Reifen GmbH"),
        ("FC Altdorf 04", "FC Altdorf 04"),
        ("Nordwerk", "Nordwerk"),
        ("Zahlbar auf IBAN CH90 0079 0016 5883 2014 7 lautend auf Käserei Emmetal AG", "Käserei Emmetal AG"),
        ("Zahlbar auf IBAN CH90 0079 0016 5883 2014 7", "Brook & Partner"),
        ("Bank Nord eG, IBAN CH90 0079 0016 5883 2014 7, Korff GmbH", "Korff GmbH"),
    ],
)
def test_no_name_but_a_firms_begins_with_a_number_in_a_likely_place(line: str, value: str) -> None:
    pages, layouts = placed((line, 0, 100), ("Brook & Partner", 0, 400))
    known = Candidates(pages, "de", layouts, learned_places=LEARNED)
    fields = check_answer(BILL, {"seller": "Brook & Partner"}, pages, "de", known.surroundings)
    assert only(by_places(BILL, Review(fields, [], {}), known, "de")).value == value


def test_a_finding_says_what_was_put() -> None:
    found = done(issued="19.06.2026")
    assert found.repaired == {"issued": ("05.06.2026",)}
    (finding,) = [item for item in found.findings if item.kind is FindingKind.REPAIRED]
    assert finding.fields == ["issued"]
    assert "„05.06.2026“ steht im Dokument" in finding.message


def test_findings_are_those_of_what_is_left() -> None:
    known = candidates()
    before = reviewed({"issued": "19.06.2026", "due": "05.06.2026"}, known)
    assert [item.kind for item in before.findings] == [FindingKind.RULE]
    after = by_places(BILL, before, known, "de")
    assert [item.kind for item in after.findings] == [FindingKind.REPAIRED]


def test_what_was_put_before_is_still_told() -> None:
    known = candidates()
    before = reviewed({"issued": "19.06.2026", "due": "19.06.2026"}, known)
    before = Review(before.fields, before.findings, {"due": ("19.06.2026",), "issued": ("19.06.2026",)})
    after = by_places(BILL, before, known, "de")
    assert after.repaired == {"due": ("19.06.2026",), "issued": ("05.06.2026",)}
    assert values(list(after.fields)) == {"issued": "2026-06-05", "due": "2026-06-19"}


def test_what_is_nearly_as_likely_where_it_was_copied_stays() -> None:
    nearly = learned({"date:of_document": {"left:datum": FAR_LIKELIER}})
    assert only(done(nearly, issued="19.06.2026")).value == "2026-06-19"
    assert only(done(issued="19.06.2026")).value == "2026-06-05"


def test_a_likely_place_gives_way_to_a_value_beside_which_a_name_of_the_field_stands() -> None:
    likely = learned({"date:of_document": {"left:fällig": 1.5, "left:datum": 1.5 + FAR}}, bias=0.0)
    assert only(done(likely, issued="19.06.2026")).value == "2026-06-05"


def test_a_likely_place_gives_way_to_no_other_value() -> None:
    likely = learned({"reference:number": {"left:bestellung": 1.5, "left:nummer": 1.5 + FAR}}, bias=0.0)
    assert candidates().labelled(BILL.fields[1], BILL) == []
    assert only(done(likely, number="B-2026-77")).value == "B-2026-77"
    below = LIKELY - 0.5
    unlikely = learned({"reference:number": {"left:bestellung": below, "left:nummer": below + FAR}}, bias=0.0)
    assert only(done(unlikely, number="B-2026-77")).value == "RE-2026-17"


def test_a_number_that_is_called_the_buyers_gives_way_to_no_other_one() -> None:
    order = field("order", Kind.REFERENCE, "Bestellung", "order", synonyms=("PO-Nummer",))
    kind = a_type(*BILL.fields, order)
    places = learned({"reference:order": {"left:bestellung": FAR}})
    for words, value in (("PO-Nummer", "EK-26/7"), ("Bestellung", "B-17")):
        pages, layouts = placed(("Bestellung", 0, 100), ("B-17", 3000, 100), (words, 0, 400), ("EK-26/7", 3000, 400))
        known = Candidates(pages, "de", layouts, learned_places=places)
        fields = check_answer(kind, {"order": "EK-26/7"}, pages, "de", known.surroundings)
        found = by_places(kind, Review(fields, [], {}), known, "de")
        assert values(list(found.fields)) == {"order": value if words == "PO-Nummer" else "EK-26/7"}


def test_a_value_that_the_likeliest_place_says_too_stays_where_it_was_copied() -> None:
    known = Candidates(["Datum 05.06.2026\nLieferung 05.06.2026"], "de", learned_places=LEARNED)
    fields = check_answer(BILL, {"issued": "05.06.2026"}, known.pages, "de", known.surroundings)
    before = Review(fields, [], {})
    assert by_places(BILL, before, known, "de") is before


def test_an_amount_that_a_rule_confirms_stays_wherever_it_stands() -> None:
    apart = learned({f"money:{name}": {"left:bezahlt": FAR} for name in ("net", "tax", "gross")})
    confirmed = {"net": "100,00 €", "tax": "19,00 €", "gross": "119,00 €"}
    assert values(list(done(apart, **confirmed).fields)) == {"net": "100.00", "tax": "19.00", "gross": "119.00"}
    broken = done(apart, **confirmed | {"net": "119,00 €"})
    assert values(list(broken.fields)) == {"net": "50.00", "tax": "50.00", "gross": "50.00"}


def test_a_rule_that_only_bounds_an_amount_confirms_it_too() -> None:
    bound = Rule(name="bound", check="abs(tax) < abs(gross)", fields=("tax", "gross"), message=BOTH)
    bounded = BILL.model_copy(update={"rules": (bound,)})
    assert values(list(done(kind=bounded, tax="50,00 €", gross="119,00 €").fields)) == {
        "tax": "50.00",
        "gross": "119.00",
    }
    assert only(done(kind=bounded, tax="50,00 €")).value == "19.00", "without the other one it does not apply"


def test_a_rule_confirms_no_date() -> None:
    found = done(issued="19.06.2026", due="19.06.2026")
    assert values(list(found.fields)) == {"issued": "2026-06-05", "due": "2026-06-19"}


@pytest.mark.parametrize(
    ("name", "copied"),
    [
        pytest.param("subject", "Bestellung", id="a text is longer than a cell"),
        pytest.param("due", "05.06.2026", id="nothing was learned of it"),
        pytest.param("issued", "01.01.2020", id="the document does not have it"),
    ],
)
def test_all_else_stays_as_it_is(name: str, copied: str) -> None:
    known = candidates()
    before = reviewed({name: copied}, known)
    assert [item.path for item in before.fields] == [name]
    assert by_places(BILL, before, known, "de") is before


def test_what_could_not_be_read_stays_for_a_person_to_read() -> None:
    known = candidates()
    (given,) = reviewed({"issued": "19.06.2026"}, known).fields
    before = Review([given.model_copy(update={"value": None, "status": "unparsed"})], [], {})
    assert by_places(BILL, before, known, "de") is before


def test_nothing_learned_changes_nothing() -> None:
    known = candidates(NO_PLACES)
    before = reviewed({"seller": "Brook & Partner", "issued": "19.06.2026", "gross": "50,00 €"}, known)
    assert by_places(BILL, before, known, "de") is before


@pytest.mark.parametrize("separator", [" · ", " | ", " • "])
def test_of_a_line_of_an_address_the_name_is_taken(separator: str) -> None:
    pages = [separator.join(("Nordwerk GmbH", "Kaiweg 5")) + "\n\n\nBrook & Partner"]
    known = Candidates(pages, "de", learned_places=LEARNED)
    fields = check_answer(BILL, {"seller": "Brook & Partner"}, pages, "de", known.surroundings)
    assert only(by_places(BILL, Review(fields, [], {}), known, "de")).value == "Nordwerk GmbH"


@pytest.mark.parametrize(
    "line",
    ["Auftragnehmer", "Einspruch bei der Nordwerk GmbH, Kaiweg 5, 20457 Hamburg. Wird der Bescheid mit der Post"],
)
def test_a_likelier_cell_that_can_be_no_name_changes_nothing(line: str) -> None:
    known = Candidates([f"{line}\n\n\nBrook & Partner"], "de", learned_places=LEARNED)
    fields = check_answer(BILL, {"seller": "Brook & Partner"}, known.pages, "de", known.surroundings)
    before = Review(fields, [], {})
    assert by_places(BILL, before, known, "de") is before


def test_of_a_sentence_in_a_likelier_place_the_only_firm_is_taken() -> None:
    def seller(line: str) -> str | None:
        known = Candidates([f"{line}\n\n\nBrook & Partner"], "de", learned_places=LEARNED)
        fields = check_answer(BILL, {"seller": "Brook & Partner"}, known.pages, "de", known.surroundings)
        return only(by_places(BILL, Review(fields, [], {}), known, "de")).value

    assert seller("Ringstadt arbeite ich seit langem in der Technik der Nordwerk GmbH. Ich") == "Nordwerk GmbH"
    assert seller("Ringstadt liefert gern an die Nordwerk GmbH seit langem, Korff AG auch") == "Brook & Partner"
