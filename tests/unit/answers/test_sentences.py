"""A period is a field's where words say so: documents are full of others, and somebody looks at those."""

import pytest
from pydantic import ValidationError
from unit.answers.placed import TYPES

from schemas.document_types import FieldDefinition
from services.answers.check import check_answer
from services.answers.findings import untold
from services.answers.sentences import is_told, sentence_around

FAR = "Hier steht noch vieles über anderes, das mit der Sache gar nichts zu tun hat. " * 3


@pytest.mark.parametrize(
    ("kind", "language", "text", "field", "copied", "is_spoken_of"),
    [
        (
            "contract",
            "en",
            "Either party may terminate with 60 days' written notice.",
            "notice_period",
            "60 days",
            True,
        ),
        (
            "contract",
            "de",
            "§ 7 Beendigung\nFür beide Seiten gilt eine Frist von sechs Wochen.",
            "notice_period",
            "sechs Wochen",
            True,
        ),
        (
            "contract",
            "en",
            "The obligations shall survive termination of this Agreement for a period of 3 years.",
            "term",
            "3 years",
            False,
        ),
        ("contract", "de", "Die ersten sechs Monate sind Probezeit.", "term", "sechs Monate", False),
        ("contract", "en", "This Agreement shall remain in effect for a period of 2 years.", "term", "2 years", True),
        ("contract", "fr", "Le contrat est conclu pour une durée de douze mois.", "term", "douze mois", True),
        ("public_notice", "de", "Der Betrag ist binnen 14 Tagen zu zahlen.", "appeal_period", "14 Tagen", False),
        (
            "public_notice",
            "de",
            "Gegen diesen Bescheid kann innerhalb eines Monats Widerspruch erhoben werden.",
            "appeal_period",
            "eines Monats",
            True,
        ),
    ],
)
def test_somebody_looks_at_a_period_of_which_no_words_speak(
    kind: str, language: str, text: str, field: str, copied: str, *, is_spoken_of: bool
) -> None:
    fields = check_answer(TYPES[kind], {field: copied}, [text], language)
    assert [item.path for item in fields] == [field]
    findings = untold(TYPES[kind], fields, [text], language)
    assert [finding.fields for finding in findings] == ([] if is_spoken_of else [[field]])
    assert all(finding.needs_review and copied in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("language", "text", "copied"),
    [
        ("en", "Cancellations must be made 7 days before the rental date.", "7 days"),
        ("de", "Wird innerhalb von zwei Wochen nicht entschieden, gilt der Antrag als genehmigt.", "zwei Wochen"),
        (
            "de",
            "Jede Partei kann kündigen, nachdem sie eine Nachfrist von 60 Tagen zur Mängelbehebung setzt.",
            "60 Tagen",
        ),
    ],
)
def test_a_time_of_notice_of_which_no_words_speak_is_none(language: str, text: str, copied: str) -> None:
    assert check_answer(TYPES["contract"], {"notice_period": copied}, [text], language) == []


@pytest.mark.parametrize(("copied", "way"), [("zwei Wochen", "zwei Wochen"), ("14 Tage", "vierzehn Tagen")])
def test_of_several_places_the_one_of_which_words_speak_is_taken(copied: str, way: str) -> None:
    text = (
        f"Wird innerhalb von {copied} nicht entschieden, gilt er als genehmigt. {FAR}\nKündigen kann jeder mit {way}."
    )
    (found,) = check_answer(TYPES["contract"], {"notice_period": copied}, [text], "de")
    assert found.char_start == text.rindex(way)


def test_a_number_in_letters_is_found_where_words_speak_of_it() -> None:
    text = (
        f"Die Beträge sind jeweils zum 5. eines Monats fällig. {FAR}\nWiderspruch ist innerhalb eines Monats möglich."
    )
    (found,) = check_answer(TYPES["public_notice"], {"appeal_period": "1 Monat"}, [text], "de")
    assert found.char_start == text.rindex("eines Monats")


def test_the_words_of_a_sentence_end_where_it_ends() -> None:
    page = "Erster Satz. Die Frist von 3 Wochen gilt nicht. Zahlen Sie!"
    start = page.index("3 Wochen")
    assert sentence_around(page, start, start + 8) == ("die frist von", "gilt nicht")


def test_without_words_of_its_own_every_period_may_be_a_fields() -> None:
    label = {"de": "Frist", "en": "Time"}
    field = FieldDefinition(name="time", kind="period", label=label, description=label)
    assert is_told(field, "in 3 Wochen", 3, 11)


def test_words_that_tell_belong_to_doubtful_names_or_to_periods() -> None:
    field = TYPES["contract"].fields
    (end,) = (item.model_dump() for item in field if item.name == "end_date")
    with pytest.raises(ValidationError, match="`doubtful` and `told_by` need each other"):
        FieldDefinition(**end | {"doubtful": ()})
    with pytest.raises(ValidationError, match="`denied_by` needs `told_by`"):
        FieldDefinition(**end | {"doubtful": (), "told_by": ()})
