"""What sentences tell of a field that the model left empty; more of them are in `corpus/told_in_sentences.yaml`."""

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError
from unit.answers.placed import TYPES, a_type, answered, field, values

from schemas.document_types import DocumentType, Kind
from schemas.events import FieldAnswer, FindingKind
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.periods import durations_in
from services.answers.review import Review, review
from services.answers.told_in_sentences import by_sentences

NOTICE = "notice of {} … terminat*"


def told(text: str, *fields: Any, kind: Kind = Kind.PERIOD, **more: Any) -> dict[str, str | None]:
    """Give what sentences tell of a field of one form, or of several fields."""
    given = fields or (field("notice", kind, "Frist", "Notice", **({"sentences": (NOTICE,)} | more)),)
    return values(list(by_sentences(a_type(*given), [], Candidates([text], "en")).fields))


def reviewed(text: str, language: str, pages: Sequence[str] = (), **copied: str) -> Review:
    candidates = Candidates([*pages, text], language)
    kind: DocumentType = TYPES["contract"]
    checked = check_answer(kind, copied, [*pages, text], language, candidates.surroundings)
    return review(kind, checked, candidates, language)


def test_what_is_told_has_its_place_and_a_finding_says_that_code_put_it_in() -> None:
    text = "Er kann mit einer Frist von neun Monaten zum Ende der Laufzeit gekündigt werden."
    done = reviewed(text, "de", ["Vertrag"])
    (answer,) = done.fields
    assert (answer.path, answer.value, answer.status, answer.page) == ("notice_period", "P9M", "ok", 2)
    assert text[answer.char_start : answer.char_end] == answer.verbatim == "neun Monaten"
    assert [finding.kind for finding in done.findings if finding.fields == ["notice_period"]] == [FindingKind.REPAIRED]


def test_what_the_model_copied_stays() -> None:
    text = "It may be terminated by giving notice of six months. A review takes place after two months."
    assert values(list(reviewed(text, "en", notice_period="two months").fields)) == {"notice_period": "P2M"}


@pytest.mark.parametrize(
    ("text", "copied", "right"),
    [
        ("It is governed by the laws of Ireland. The courts of Sligo, Ireland, have exclusive jurisdiction.",
         "Ireland", "Sligo, Ireland"),
        ("The laws of Iowa govern it. The courts in Story County, Iowa shall have exclusive jurisdiction.",
         "Iowa", "Story County, Iowa"),
        ("The laws of Ohio apply. If unresolved, the courts of Toledo, Ohio, have exclusive jurisdiction.",
         "Ohio", "Toledo, Ohio"),
        ("The laws of Ohio apply. Mediation and (if negotiation fails) litigation in the courts of Toledo.",
         "Ohio", "Toledo"),
        ("It is construed under the laws of India, with the courts at Salem having exclusive jurisdiction.",
         "India", "Salem"),
        ("It is governed by the laws of Ohio. Any dispute shall be resolved in the courts of Toledo, Ohio.",
         "Ohio", "Toledo, Ohio"),
        ("Es gilt deutsches Recht. Gerichtsstand ist Emden.", "deutsches Recht", "Emden"),
        ("It is governed by the laws of Ireland. Disputes go to arbitration in Sligo, Ireland.", "Ireland", "Ireland"),
        ("Gerichtsstand ist Emden, Deutschland.", "Emden, Deutschland", "Emden, Deutschland"),
        ("The courts of Scotland shall have exclusive jurisdiction.", "courts of Scotland", "courts of Scotland"),
    ],
)  # fmt: skip
def test_a_text_from_another_sentence_gives_way_and_one_that_says_it_stays(text: str, copied: str, right: str) -> None:
    assert values(list(reviewed(text, "en", jurisdiction=copied).fields)) == {"jurisdiction": right}


def test_what_code_could_not_read_gives_way() -> None:
    text = "The term is the usual one. The agreement has a fixed term of four years."
    unread = FieldAnswer(
        path="term", kind="period", value=None, verbatim="the usual one", status="unparsed", confidence=0.5
    )
    kind = TYPES["contract"]
    assert values(list(by_sentences(kind, [unread], Candidates([text], "en")).fields)) == {"term": "P4Y"}


@pytest.mark.parametrize(
    "text",
    [
        "A notice of six months terminates it.\nA notice of three months terminates it.",
        "A notice of six months, for the tenant three months, terminates it.",
    ],
)
def test_two_values_leave_it_empty(text: str) -> None:
    assert told(text) == {}


def test_the_same_value_may_be_told_twice() -> None:
    assert told("A notice of six months terminates it.\nNotice of 6 months terminates it.") == {"notice": "P6M"}


def test_another_value_of_the_sentence_may_be_another_fields() -> None:
    notice = field("notice", Kind.PERIOD, "Frist", "Notice", sentences=(NOTICE,))
    term = field("term", Kind.PERIOD, "Dauer", "Term", sentences=("term of {}",))
    text = "It has a term of two years and a notice of six months terminates it."
    assert told(text, notice, term) == {"notice": "P6M", "term": "P2Y"}


def test_a_value_that_two_fields_claim_is_of_neither() -> None:
    fields = [field(name, Kind.PERIOD, "Frist", "Notice", sentences=(NOTICE,)) for name in ("one", "other")]
    assert told("A notice of six months terminates it.", *fields) == {}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("A notice of six months terminates it.", True),
        ("In the probation a notice of six months terminates it.", False),
        ("4 Probation\nA notice of six months terminates it.", False),
        ("4 Probation\nIt lasts long.\nA notice of six months terminates it.", False),
        ("4 Probation\nIt lasts long.\n\n5 Ending\nA notice of six months terminates it.", True),
        ("In this case a notice of six months terminates it.", False),
        ("The previous notice of six months terminates it.", False),
        ("A notice of six months terminates it if the price rises.", False),
        ("A notice of six months does not apply to terminate it.", False),
    ],
)
def test_words_in_its_sentence_or_heading_deny_it(text: str, *, is_told: bool) -> None:
    assert told(text, unlike=("probation",)) == ({"notice": "P6M"} if is_told else {})


@pytest.mark.parametrize(
    ("text", "form", "is_told"),
    [
        ("notice of six months terminates", "notice of {} terminates", True),
        ("notice of six months, it terminates", "notice of {} … terminates", True),
        ("notice: six months", "notice {}", True),
        ("notice of at least\nsix months", "notice of {}", True),
        ("notice of up to six months", "notice of {}", False),
        ("on six months' written notice", "on {} written? notice", True),
        ("on six months' notice", "on {} written? notice", True),
        ("on six months' oral notice", "on {} written? notice", False),
        ("nonotice of six months", "notice of {}", False),
        ("nonotice of six months", "*notice of {}", True),
        ("for a half-notice of six months", "notice of {}", False),
        ("notice for six months", "notice of/for {}", True),
        ("préavis d\u2019un mois", "préavis de/d' {}", True),
        ("notice of the end. And six months", "notice … {}", False),
        (f"notice of {'the ' * 30}six months", "notice … {}", False),
    ],
)
def test_forms_are_words_values_and_gaps(text: str, form: str, *, is_told: bool) -> None:
    assert bool(told(text, sentences=(form,))) is is_told


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Gerichtsstand ist Frankfurt am Main.", "Frankfurt am Main"),
        ("Gerichtsstand ist St. Gallen, soweit zulässig.", "St. Gallen"),
        ("Gerichtsstand ist Hamburg oder Bremen.", None),
        ("Gerichtsstand ist Sache der Parteien.", None),
        ("Gerichtsstand ist der Sitz des Lieferanten.", None),
        ("Gerichtsstand ist nicht Hamburg.", None),
        ("Amtsgericht Kassel HRB 123", None),
    ],
)
def test_a_text_is_a_proper_name(text: str, place: str | None) -> None:
    assert answered("contract", text, "de").get("jurisdiction") == place


def test_numbers_of_sections_are_no_amounts() -> None:
    text = "2.10 The annual fee for all services is 61,400.00 EUR.\n2.11 Nothing else."
    assert answered("contract", text, "en")["contract_value"] == "61400.00"


def test_another_amount_beside_a_name_of_the_field_leaves_it_empty() -> None:
    text = "Rent: 900.00 EUR\nPrice: 50.00 EUR\nThe annual fee for all services is 61,400.00 EUR."
    assert answered("contract", text, "en").get("contract_value") is None


def test_durations_are_found_with_their_places() -> None:
    text = "Drei (3) Monate; ein halbes Jahr; 12-monatig; one year and six months; zwei bis 5 Werktage"
    assert [text[start:end] for start, end in durations_in(text, "de")] == [
        "Drei (3) Monate",
        "ein halbes Jahr",
        "12-monatig",
        "one year and six months",
    ]


@pytest.mark.parametrize(
    ("kind", "form", "message"),
    [
        (Kind.IBAN, NOTICE, "is for kinds"),
        (Kind.PERIOD, "notice of six months", "needs one"),
        (Kind.PERIOD, "… notice of {}", "begins with a word"),
    ],
)
def test_forms_that_cannot_be_used_are_refused(kind: Kind, form: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        field("notice", kind, "Frist", "Notice", sentences=(form,))
