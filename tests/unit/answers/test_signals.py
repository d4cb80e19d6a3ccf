"""What is known of each answer when all checks are done."""

import math
from typing import Any

import pytest
from unit.answers.placed import a_type, field
from unit.answers.places.spots import learned

from schemas.document_types import DocumentType, FieldDefinition, Kind, Role, Rule
from schemas.events import FieldAnswer
from schemas.wording import Wording
from services.answers.calibration import UNFITTED, FieldSignals
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.roles import party_of
from services.answers.signals import Copies, Weighed, weigh

BOTH = Wording(de="x", en="x")
PAGE = """Rechnung RE-7
Rechnungsdatum 5. Juni 2018
Fällig am 19.06.2018
Netto 100,00 EUR
Steuer 19,00 EUR
Gesamtbetrag 119,00 EUR
IBAN DE02 1203 0000 0000 2020 51
"""


def defined(name: str, kind: Kind, label: str, **more: Any) -> FieldDefinition:
    return FieldDefinition(name=name, kind=kind, label=Wording(de=label, en=label), description=BOTH, **more)


INVOICE = DocumentType(
    name="invoice",
    version=1,
    view="invoices",
    title=BOTH,
    description=BOTH,
    fields=(
        defined("number", Kind.TEXT, "Rechnung"),
        defined("issued", Kind.DATE, "Ausstellung", synonyms=("Rechnungsdatum",)),
        defined("net", Kind.MONEY, "Netto"),
        defined("tax", Kind.MONEY, "Steuer"),
        defined("gross", Kind.MONEY, "Gesamtbetrag"),
        defined("iban", Kind.IBAN, "IBAN"),
        defined("urgency", Kind.CHOICE, "Eile", choices=("none", "high")),
    ),
    rules=(
        Rule(name="sum", check="near(net + tax, gross, 1)", fields=("net", "gross"), message=BOTH),
        Rule(name="positive", check="gross > 0", fields=("gross",), message=BOTH),
    ),
)
GIVEN = {
    "number": "RE-7", "issued": "5. juni 2018", "net": "100,00", "tax": "19,00", "gross": "119,00 EUR",
    "iban": "DE02 1203 0000 0000 2020 51", "urgency": "high",
}  # fmt: skip


def weighed(
    given: dict[str, str], again: dict[str, str] | None = None, *, taken: dict[str, str] | None = None
) -> Weighed:
    fields = check_answer(INVOICE, given | (taken or {}), [PAGE], "de")
    copies = [Copies(given, {"gross": [-0.1, -0.5, 0.0]})]
    if again is not None:
        copies.append(Copies(again, {"gross": [-0.2]}))
    return weigh(INVOICE, fields, [PAGE], Candidates([PAGE], "de"), copies, 0.75, UNFITTED)


def signals(name: str, given: dict[str, str] = GIVEN, **more: Any) -> FieldSignals:
    return weighed(given, **more).signals[name]


def test_tokens_of_the_value_are_told_by_mean_least_first_and_number() -> None:
    found = signals("gross")
    assert (found.mean_logprob, found.least_logprob, found.first_logprob) == (pytest.approx(-0.2), -0.5, -0.1)
    assert found.tokens == 3
    assert (signals("net").mean_logprob, signals("net").tokens) == (None, 0)


@pytest.mark.parametrize(
    ("name", "copied", "match"),
    [
        ("gross", "119,00 EUR", "exact"),
        ("issued", "5. JUNI 2018", "normalised"),
        ("number", "Gesamtbetraq 119,00", "fuzzy"),
        ("number", "RE-8", "none"),
        ("urgency", "high", "not_needed"),
    ],
)
def test_how_the_document_says_a_value(name: str, copied: str, match: str) -> None:
    assert signals(name, {name: copied}).match == match


def test_a_value_behind_its_label_or_a_synonym_is_labelled() -> None:
    assert signals("gross").labelled
    assert signals("issued").labelled
    assert not signals("issued", {"issued": "Rechnung"}).labelled
    assert not signals("number", {"number": "nirgends"}).labelled


def test_check_digits_count_for_kinds_that_have_them() -> None:
    assert signals("iban").checksum is True
    assert signals("iban", GIVEN | {"iban": "DE02 1203 0000 0000 2020 52"}).checksum is False
    assert signals("number").checksum is None


def test_rules_that_name_a_field_and_apply_count() -> None:
    assert [signals(name).rules_held for name in ("net", "gross", "number")] == [1, 2, 0]
    wrong = GIVEN | {"net": "119,00"}
    assert (signals("net", wrong).rules_failed, signals("gross", wrong).rules_failed) == (1, 1)
    without_tax = {name: value for name, value in GIVEN.items() if name != "tax"}
    assert (signals("net", without_tax).rules_held, signals("gross", without_tax).rules_held) == (0, 1)


def test_rivals_are_other_values_of_the_kind_in_the_document() -> None:
    assert [signals(name).rivals for name in ("issued", "gross", "iban", "number")] == [1, 2, 0, 0]


def test_a_second_answer_agrees_or_not_and_the_taken_ones_tokens_count() -> None:
    assert signals("gross").agreed is None
    assert signals("gross", again={"gross": '"119,00 EUR"'}).agreed is True
    assert signals("net", again={"gross": "119,00"}).agreed is None
    other = signals("gross", again={"gross": "19,00 EUR"}, taken={"gross": "19,00 EUR"})
    assert (other.agreed, other.copied, other.mean_logprob) == (False, True, -0.2)


def test_a_value_that_code_put_in_was_not_copied_and_has_no_tokens() -> None:
    found = signals("gross", GIVEN | {"gross": "119,0"}, taken={"gross": "119,00 EUR"})
    assert (found.copied, found.mean_logprob, found.tokens) == (False, None, 0)


def test_confidences_are_those_of_the_calibration_and_the_types_counts() -> None:
    found = weighed(GIVEN)
    assert {field.path: field.confidence for field in found.fields} == {
        name: UNFITTED.field_confidence(known) for name, known in found.signals.items()
    }
    assert {known.type_confidence for known in found.signals.values()} == {0.75}


def test_a_cell_of_a_table_keeps_its_confidence() -> None:
    cell = FieldAnswer(
        path="line_items[0].total", kind="money", value="1.00", verbatim="1,00", status="ok", confidence=math.pi / 4
    )
    found = weigh(INVOICE, [cell], [PAGE], Candidates([PAGE], "de"), [], 1.0, UNFITTED)
    assert list(found.fields) == [cell]
    assert not found.signals


PARTED = a_type(
    field("issued", Kind.DATE, "Ausgestellt", "Issued"),
    field("due", Kind.DATE, "Fällig", "Due"),
    field("paid", Kind.DATE, "Bezahlt", "Paid"),
    field("seller", Kind.NAME, "Verkäufer", "Seller", role=Role.SENDER),
    field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.RECIPIENT),
)
GERMAN = """Hammer GmbH · Gerüstweg 3 · 10115 Berlin
Wohnbau Süd eG
Am Hang 12
80333 München


Ausgestellt 05.06.2026
Fällig 19.06.2026

Wir danken Anna Weber.
Bis 30.06.2026 bleiben wir im Haus"""
ENGLISH = """Hammer Ltd
5 Mill Lane
York YO1 7HH


Orchard Homes plc
12 Station Road
Leeds LS1 4AB


Issued 5 June 2026
Due 19 June 2026

We thank Anna Weber.
Until 30 June 2026 we stay at home"""
ROLES = {"seller": Role.SENDER, "buyer": Role.RECIPIENT, "other": Role.SENDER}
NAMES = ("issued", "due", "paid", "seller", "buyer")
LETTERS = {
    "de": (GERMAN, ("05.06.2026", "19.06.2026", "30.06.2026", "Hammer GmbH", "Wohnbau Süd eG")),
    "en": (ENGLISH, ("5 June 2026", "19 June 2026", "30 June 2026", "Hammer Ltd", "Orchard Homes plc")),
}


def parted(language: str, **said: str) -> dict[str, FieldSignals]:
    page, written = LETTERS[language]
    right = dict(zip(NAMES, written, strict=True))
    copied = right | {name: right.get(value, value) for name, value in said.items()}
    fields = check_answer(PARTED, copied, [page], language)
    found = Candidates([page], language)
    return dict(weigh(PARTED, fields, [page], found, [Copies(copied, {})], 1.0, UNFITTED).signals)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_value_beside_its_name_or_in_its_part_of_the_letter_is_labelled(language: str) -> None:
    found = parted(language)
    assert [name for name, known in found.items() if known.labelled] == ["issued", "due", "seller", "buyer"]
    assert not any(known.misplaced or known.shared for known in found.values())


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_value_beside_anothers_name_or_of_anothers_part_is_misplaced(language: str) -> None:
    found = parted(language, issued="due", seller="buyer")
    assert [name for name, known in found.items() if known.misplaced] == ["issued", "seller"]
    assert not found["seller"].labelled
    assert not parted(language, seller="Anna Weber")["seller"].misplaced


def test_a_party_below_its_own_name_is_not_misplaced_whatever_the_letter_s_form_makes_of_it() -> None:
    page = "Verkäufer\n\n\n\nHammer GmbH\nGerüstweg 3\n10115 Berlin\n\n\nRechnung 7\nBetrag 5,00 €"
    found = Candidates([page], "de")
    recipient = party_of(found.letter, Role.RECIPIENT)
    assert recipient is not None
    assert recipient.verbatim == "Hammer GmbH", "its form alone says so: nobody else has an address"
    for name, misplaced in (("seller", False), ("buyer", False), ("other", True)):
        kind = a_type(field(name, Kind.NAME, "Verkäufer" if name == "seller" else "Kunde", "x", role=ROLES[name]))
        fields = check_answer(kind, {name: "Hammer GmbH"}, [page], "de")
        signals = weigh(kind, fields, [page], found, [Copies({name: "Hammer GmbH"}, {})], 1.0, UNFITTED).signals[name]
        assert signals.misplaced is misplaced


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_value_that_two_fields_of_a_kind_have_is_shared(language: str) -> None:
    found = parted(language, paid="due", buyer="seller")
    assert [name for name, known in found.items() if known.shared] == ["due", "paid", "seller", "buyer"]
    unread = parted(language, issued="nirgends", due="nowhere")
    assert not unread["issued"].shared


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_name_with_a_legal_form_is_a_firm(language: str) -> None:
    found = parted(language)
    assert [name for name, known in found.items() if known.is_firm] == ["seller", "buyer"]
    assert not parted(language, seller="Anna Weber")["seller"].is_firm


@pytest.mark.parametrize(
    ("line", "name", "known"),
    [
        ("buero@hammer-bau.example", "Hammer Ltd", True),
        ("www.muellerundsoehne.example", "Müller & Söhne", True),
        ("https://elektro-gross.example/kontakt", "Elektro Groß", True),
        ("a domain is none without its sign: hammer.example", "Hammer Ltd", False),
        ("buero@hammer-bau.example", "Orchard Homes plc", False),
        ("info@abc.example", "ABC AG", False),
    ],
)
def test_a_word_of_a_name_may_be_in_a_domain_that_the_document_tells(line: str, name: str, *, known: bool) -> None:
    page = f"{name}\n{line}"
    kind = a_type(field("seller", Kind.NAME, "Verkäufer", "Seller"))
    fields = check_answer(kind, {"seller": name}, [page], "de")
    said = weigh(kind, fields, [page], Candidates([page], "de"), [Copies({"seller": name}, {})], 1.0, UNFITTED)
    assert said.signals["seller"].has_domain is known


def test_only_names_are_firms_and_have_domains() -> None:
    page = "Hammer GmbH, buero@hammer.example"
    kind = a_type(field("topic", Kind.TEXT, "Betreff", "Subject"))
    fields = check_answer(kind, {"topic": "Hammer GmbH"}, [page], "de")
    found = weigh(kind, fields, [page], Candidates([page], "de"), [Copies({"topic": "Hammer GmbH"}, {})], 1.0, UNFITTED)
    assert not found.signals["topic"].is_firm
    assert not found.signals["topic"].has_domain


TRADED = a_type(
    field("seller", Kind.NAME, "Verkäufer", "Seller", role=Role.SENDER),
    field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.RECIPIENT),
    field("owner", Kind.NAME, "Inhaber", "Owner"),
    field("vat", Kind.VAT_ID, "USt-IdNr.", "VAT number"),
    field("number", Kind.REFERENCE, "Auftrag", "Order"),
)
FOOT = "Hammer GmbH · Amtsgericht Köln HRB 4711 · USt-IdNr. DE136695976"
SALE = "\n".join([
    "Auftrag: A-17", "Auftrag: A-17", "Auftrag: B-18", "Wohnbau Süd eG", "USt-IdNr. DE811907980", *[""] * 30, FOOT,
])  # fmt: skip


def traded(**copied: str) -> dict[str, FieldSignals]:
    fields = check_answer(TRADED, copied, [SALE], "de")
    return dict(weigh(TRADED, fields, [SALE], Candidates([SALE], "de"), [Copies(copied, {})], 1.0, UNFITTED).signals)


@pytest.mark.parametrize(
    ("field", "copied", "whole", "said"),
    [
        ("seller", "Süd eG", "Wohnbau Süd eG", (True, -0.1)),
        ("seller", "Nord eG", "Wohnbau Süd eG", (False, None)),
        ("seller", "Wohnbau", "Wohnbau Süd", (False, None)),
        ("owner", "Süd eG", "Wohnbau Süd eG", (False, None)),
    ],
)
def test_a_firm_that_is_a_party_was_copied_where_code_made_a_part_of_it_whole(
    field: str, copied: str, whole: str, said: tuple[bool, float | None]
) -> None:
    fields = check_answer(TRADED, {field: whole}, [SALE], "de")
    copies = [Copies({field: copied}, {field: [-0.1]})]
    found = weigh(TRADED, fields, [SALE], Candidates([SALE], "de"), copies, 1.0, UNFITTED).signals[field]
    assert (found.copied, found.mean_logprob) == said


@pytest.mark.parametrize(
    ("copied", "affirmed"),
    [
        ({"seller": "Hammer GmbH", "buyer": "Wohnbau Süd eG"}, {"seller": True, "buyer": True}),
        ({"seller": "Wohnbau Süd eG", "buyer": "Hammer GmbH"}, {"seller": False, "buyer": False}),
        ({"seller": "Hammer GmbH"}, {"seller": True}),
        ({"seller": "Wohnbau Süd eG"}, {"seller": None}),
        ({"seller": "Hammer GmbH", "buyer": "Hammer GmbH"}, {"seller": None, "buyer": None}),
        ({"owner": "Hammer GmbH"}, {"owner": None}),
        ({"vat": "DE136695976"}, {"vat": True}),
        ({"vat": "DE811907980"}, {"vat": None}),
    ],
)
def test_an_issuers_own_places_speak_for_a_party_or_against_it(
    copied: dict[str, str], affirmed: dict[str, bool | None]
) -> None:
    assert {name: found.affirmed for name, found in traded(**copied).items()} == affirmed


def test_other_values_beside_a_fields_own_name_contest_it() -> None:
    assert traded(number="A-17")["number"].contested == 1
    assert traded(vat="DE136695976")["vat"].contested == 1
    assert traded(owner="Wohnbau Süd eG")["owner"].contested == 0


def test_the_parts_of_a_sum_do_not_contest_it() -> None:
    page = "Rechnung RE-7\nMwSt 19%    472,76 €\nMwSt 7%    163,18 €\nGesamt    5.455,30 €"
    whole = page[page.index("472") : page.index("Gesamt") - 1]
    taxes = a_type(field("tax", Kind.MONEY, "MwSt", "VAT"))
    start = page.index(whole)
    place = {"verbatim": whole, "value": "635.94", "char_start": start, "char_end": start + len(whole)}
    first = check_answer(taxes, {"tax": "472,76 €"}, [page], "de")

    def contested(answers: list[FieldAnswer]) -> int:
        return weigh(taxes, answers, [page], Candidates([page], "de"), [], 1.0, UNFITTED).signals["tax"].contested

    assert contested(first) == 1
    assert contested([first[0].model_copy(update=place)]) == 0


def test_the_odds_of_a_values_place_are_known_where_places_were_learned() -> None:
    places = learned({"money:gross": {"before:gesamtbetrag": 7.0}, "date:issued": {"before:rechnungsdatum": 7.0}})
    known = Candidates([PAGE], "de", learned_places=places)
    fields = check_answer(INVOICE, GIVEN | {"issued": "19.06.2018"}, [PAGE], "de")
    found = weigh(INVOICE, fields, [PAGE], known, [Copies(GIVEN, {})], 0.75, UNFITTED).signals
    assert {name: signals.placed for name, signals in found.items()} == dict.fromkeys(found) | {
        "gross": 3.0, "issued": -4.0,
    }  # fmt: skip
    assert found["issued"].ahead == -7.0, "another date stands behind them"
    assert {
        found["number"].ahead,
        found["gross"].ahead,
        *[signals.ahead for signals in weighed(GIVEN).signals.values()],
    } == {None}
    assert {signals.placed for signals in weighed(GIVEN).signals.values()} == {None}
