"""Where the values of each field stand, learned from labelled documents."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from unit.answers.placed import a_type, field, types
from unit.answers.places.spots import likeliest, places_on

from schemas.document_types import OTHER, DocumentType, Kind, Role
from services.answers.dates import regional
from services.evaluation.asking import Reading
from services.evaluation.labels import Label
from services.evaluation.learning import LearningError
from services.evaluation.place_learning import (
    DIGITS,
    LEAST_DOCUMENTS,
    LEAST_OF_A_GROUP,
    LEAST_WEIGHT,
    PlaceLesson,
    examples_of,
    learn_places,
    lessons_of,
    taught_fields,
)
from services.evaluation.scoring import Unsaid
from services.intake.document import ParsedDocument

AT = datetime(2026, 11, 30, tzinfo=UTC)
BILL = a_type(
    field("seller", Kind.NAME, "Verkäufer", "seller", role=Role.SENDER),
    field("issued", Kind.DATE, "Datum", "date", of_document=True),
    field("due", Kind.DATE, "fällig", "due"),
    field("gross", Kind.MONEY, "Summe", "gross"),
    field("weight", Kind.QUANTITY, "Gewicht", "weight"),
    field("notice", Kind.PERIOD, "Frist", "notice"),
    field("urgency", Kind.CHOICE, "Eile", "urgency", choices=("low", "high")),
)
ORDER = a_type(
    field("buyer", Kind.NAME, "Besteller", "buyer", role=Role.SENDER),
    field("ordered", Kind.DATE, "Datum", "date", of_document=True),
    name="order",
    sender_buys=True,
)
TYPES = types(BILL, ORDER)


def lesson(page: str, kind: DocumentType = BILL, language: str = "de", **fields: str | None) -> PlaceLesson:
    return PlaceLesson([page], [], language, kind, fields)


def dated(word: str, kind: DocumentType, name: str, count: int = LEAST_OF_A_GROUP) -> list[PlaceLesson]:
    """Give documents whose day stands behind a word, and two others behind other words, in every order."""
    lessons = []
    for number in range(count):
        day = number % 9 + 1
        lines = [f"{word}: 0{day}.06.2026", f"Lieferung: 2{day}.06.2026", f"Ende: 1{day}.06.2026"]
        lines = sorted(set(lines), key=[*permutations(lines)][number % 6].index)
        lessons.append(lesson("\n".join(lines), kind, **{name: f"2026-06-0{day}"}))
    return lessons


def bills(count: int = LEAST_OF_A_GROUP) -> list[PlaceLesson]:
    return dated("Datum", BILL, "issued", count)


def right(taught: PlaceLesson, name: str) -> dict[str, bool]:
    """Give of each place that may be a field's what stands there, and whether it is right."""
    definition = next(item for item in taught.kind.fields if item.name == name)
    places = places_on((list(taught.pages), []), definition.kind, regional(taught.language, taught.pages))
    found = [example.is_right for _, example in examples_of(0, taught) if example.own.endswith(f".{name}|")]
    texts = [taught.pages[place.page - 1][place.char_start : place.char_end] for place in places]
    return dict(zip(texts, found, strict=True))


def test_a_field_is_known_by_the_words_beside_its_values() -> None:
    learned = learn_places(bills(), AT)
    assert (learned.learned_at, learned.documents, [*learned.groups]) == (AT, LEAST_OF_A_GROUP, ["date:of_document"])
    page = "Zeitraum: 01.07.2026\nGeburtstag: 02.07.2026\nDatum: 03.07.2026\nEnde: 04.07.2026"
    assert likeliest(learned, page, BILL, "issued") == "2026-07-03"


def test_the_same_documents_teach_the_same() -> None:
    assert learn_places(bills(), AT).as_json() == learn_places(bills(), AT).as_json()


def test_a_document_without_a_value_has_no_right_place() -> None:
    assert right(lesson("Datum: 03.07.2026", issued=None), "issued") == {"03.07.2026": False}
    assert right(lesson("Datum: 03.07.2026", issued="2026-07-03"), "issued") == {"03.07.2026": True}
    assert right(lesson("Nordwerk GmbH", seller=None), "seller") == {"Nordwerk GmbH": False}


def test_a_field_of_which_the_labels_say_nothing_teaches_nothing() -> None:
    taught = lesson("Nordwerk GmbH\nDatum: 03.07.2026\nSumme: 5,00 €", issued="2026-07-03")
    assert {group for group, _ in examples_of(0, taught)} == {"date:of_document"}


def test_a_kind_without_places_teaches_nothing() -> None:
    assert [*examples_of(0, lesson("Eile: high", urgency="high"))] == []


def test_every_place_that_says_the_value_is_right() -> None:
    page = "Datum: 03.07.2026\nvom 3. Juli 2026\nEnde: 04.07.2026"
    assert right(lesson(page, issued="2026-07-03"), "issued") == {
        "03.07.2026": True, "3. Juli 2026": True, "04.07.2026": False,
    }  # fmt: skip
    assert right(lesson("Summe 119,00 €\nNetto 100,00 €", gross="119"), "gross") == {
        "119,00 €": True, "100,00 €": False,
    }  # fmt: skip


def test_a_name_is_right_in_every_cell_that_has_it_and_in_parts_on_two_lines() -> None:
    page = "An: Nordwerk GmbH, Kiel\nWohnungsverein Nord\nund Umgebung eG\nKiel\nNordwerk AG"
    assert right(lesson(page, seller="Nordwerk GmbH"), "seller") == {
        "An: Nordwerk GmbH, Kiel": True, "Wohnungsverein Nord": False, "und Umgebung eG": False, "Kiel": False,
        "Nordwerk AG": False,
    }  # fmt: skip
    assert right(lesson(page, seller="Wohnungsverein Nord und Umgebung eG Kiel"), "seller") == {
        "An: Nordwerk GmbH, Kiel": False, "Wohnungsverein Nord": True, "und Umgebung eG": True,
        "Kiel": False,  # too short for a part
        "Nordwerk AG": False,
    }  # fmt: skip


def test_quantities_and_periods_are_right_in_each_form_but_not_in_parts() -> None:
    assert right(lesson("Gewicht 1.200 kg\n1200000 kg\n12 kg", weight="1200"), "weight") == {
        "Gewicht 1.200 kg": True, "1200000 kg": False, "12 kg": False,
    }  # fmt: skip
    assert right(lesson("1234567 kg\n234567", weight="1234567"), "weight") == {"1234567 kg": True, "234567": False}
    page = "mit einer Frist von drei Monaten\nvier Monate\n3 Monate"
    assert right(lesson(page, notice="P3M"), "notice") == {
        "mit einer Frist von drei Monaten": True, "vier Monate": False, "3 Monate": True,
    }  # fmt: skip


def test_dates_are_read_as_the_document_writes_them() -> None:
    page = "Date 06/25/2026\nDue 07/01/2026"
    assert right(lesson(page, language="en", due="2026-07-01"), "due") == {"06/25/2026": False, "07/01/2026": True}


def test_too_few_documents_are_an_error_that_says_so() -> None:
    with pytest.raises(LearningError, match=f"no field is said by {LEAST_OF_A_GROUP} documents or more"):
        learn_places(bills(LEAST_OF_A_GROUP - 1), AT)
    without = [lesson("Datum: 03.07.2026", issued=None) for _ in range(LEAST_OF_A_GROUP)]
    with pytest.raises(LearningError, match="nothing to learn its places from"):
        learn_places([*bills(LEAST_OF_A_GROUP - 1), *without], AT)
    often = lesson("\n".join(["Datum: 03.07.2026"] * LEAST_OF_A_GROUP), issued="2026-07-03")
    for lessons in ([often], []):
        with pytest.raises(LearningError):
            learn_places(lessons, AT)


def test_a_group_with_too_few_documents_is_left_out() -> None:
    few = [lesson(f"fällig: {n}.07.2026\nDatum: 01.06.2026", due=f"2026-07-0{n}") for n in range(1, LEAST_OF_A_GROUP)]
    learned = learn_places([*bills(), *few], AT)
    assert [*learned.groups] == ["date:of_document"]
    enough = lesson("fällig: 9.07.2026\nDatum: 01.06.2026", due="2026-07-09")
    assert sorted(learn_places([*bills(), *few, enough], AT).groups) == ["date:due", "date:of_document"]


def test_a_group_learns_from_the_documents_of_all_its_fields() -> None:
    learned = learn_places([*bills(LEAST_OF_A_GROUP - 4), *dated("Datum", ORDER, "ordered", 4)], AT)
    assert all(learned.knows(kind, kind.fields[1]) for kind in (BILL, ORDER))
    page = "Zeitraum: 01.07.2026\nDatum: 03.07.2026"
    assert likeliest(learned, page, ORDER, "ordered") == likeliest(learned, page, BILL, "issued") == "2026-07-03"


def test_fields_of_a_group_have_terms_of_their_own_and_one_alone_has_none() -> None:
    assert not any("|" in term for term in learn_places(bills(), AT).groups["date:of_document"].terms)
    learned = learn_places([*bills(18), *dated("Bestellt", ORDER, "ordered", 18)], AT)
    own = {term.partition("|")[0] for term in learned.groups["date:of_document"].terms if "|" in term}
    assert own == {"bill.issued", "order.ordered"}
    page = "Bestellt: 02.07.2026\nDatum: 03.07.2026"
    assert (likeliest(learned, page, BILL, "issued"), likeliest(learned, page, ORDER, "ordered")) == (
        "2026-07-03", "2026-07-02",
    )  # fmt: skip


def test_a_field_that_its_documents_seldom_say_is_less_likely_wherever_it_might_stand() -> None:
    without = [
        PlaceLesson(given.pages, given.layouts, given.language, ORDER, {"ordered": None})
        for given in dated("Bestellt", ORDER, "ordered")
    ]
    learned = learn_places([*bills(), *without], AT)
    assert learned.groups["date:of_document"].terms["order.ordered|"] < 0


def test_words_of_few_documents_are_left_out_and_weights_are_worth_writing() -> None:
    few = [lesson(f"Einzelwort: 0{n}.06.2026", issued=f"2026-06-0{n}") for n in range(1, LEAST_DOCUMENTS)]
    terms = learn_places([*few, *bills()], AT).groups["date:of_document"].terms
    assert "label:datum" in terms
    assert not [term for term in terms if "einzelwort" in term]
    assert all(abs(weight) >= LEAST_WEIGHT and weight == round(weight, DIGITS) for weight in terms.values())


def test_what_is_told_of_fields_is_how_many_documents_say_them_and_whether_they_were_learned() -> None:
    lessons = [*bills(), lesson("fällig: 01.07.2026", due="2026-07-01", gross=None)]
    rows = taught_fields(lessons, learn_places(lessons, AT))
    assert {(kind, name): told for kind, name, *told in rows} == {
        ("bill", item.name): [{"issued": LEAST_OF_A_GROUP, "due": 1}.get(item.name, 0), item.name == "issued"]
        for item in BILL.fields
    }


def readings() -> Iterator[Reading]:
    """Give one reading of each kind: a bill, what nobody could read, and what is of no type."""
    fields: Mapping[str, str | None] = {"issued": "2026-07-03", "due": None}
    bill = Label(Path("a.txt"), "bill", fields)
    parsed = ParsedDocument(("Datum: 03.07.2026",), layouts=((1, 2, 3),))
    yield Reading(bill, "0", parsed, "de")
    yield Reading(bill, "0", ParsedDocument(()), "", Unsaid("document_broken", "it is damaged"))
    yield Reading(Label(Path("b.txt"), OTHER, {}), "0", parsed, "de")


def test_lessons_are_of_documents_that_could_be_read_and_have_fields() -> None:
    assert lessons_of([*readings()], TYPES) == [
        PlaceLesson(("Datum: 03.07.2026",), ((1, 2, 3),), "de", BILL, {"issued": "2026-07-03", "due": None})
    ]
