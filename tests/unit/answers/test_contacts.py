"""Telephone numbers and mails that are probably somebody else's than who writes: they are only proposed."""

import pytest
from unit.answers.placed import column, placed
from unit.answers.test_withheld import of_text, reasons

NUMBER = "0351 555 0143"
MAIL = "brook@lindenhof.example"


def of_application(text: str, language: str = "de", name: str = "Jan Kern", **copied: str) -> list[str]:
    return [*of_text("job_application", f"Bewerbung\n{name}\n\n{text}", language, applicant_name=name, **copied)]


def test_the_number_of_somebody_named_in_its_sentence_is_only_proposed() -> None:
    text = f"Jan Kern\n\nAuskunft gibt gern Frau Ida Brook, Telefon {NUMBER}."
    assert of_text("job_application", text, applicant_name="Jan Kern", phone=NUMBER) == {
        "phone": f"Telefon: „{NUMBER}“ gehört wohl zu jemand anderem."
    }
    english = f"Jan Kern\n\nPlease speak to Mr Tom Field on {NUMBER}."
    assert of_text("complaint", english, "en", complainant_name="Jan Kern", phone=NUMBER) == {
        "phone": f"Phone: “{NUMBER}” probably belongs to somebody else."
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Sie erreichen Frau Brook unter {}.",
        "Bitte rufen Sie Herrn Dr. Field an: {}.",
        "You may ask Mrs Ida Brook, {}.",
        "Contactez Mme Brook au {}.",
        "Mein Ausbilder war Herr\nField, {}.",
    ],
)
@pytest.mark.parametrize(("field", "said"), [("phone", NUMBER), ("email", MAIL)])
def test_whoever_is_addressed_before_a_number_or_mail_in_its_sentence_has_it(
    sentence: str, field: str, said: str
) -> None:
    assert of_application(sentence.format(said), **{field: said}) == [field]


@pytest.mark.parametrize(
    "sentence",
    [
        "Sie erreichen mich unter {}.",
        "Ich bin Herr Kern, {}.",
        "Mein Name ist Herr Dr. Jan Kern, {}.",
        "Ich arbeite für Frau Brook. Sie erreichen mich unter {}.",
        "Frau Brook\n\nTelefon {}",
        "Referenz Nr. 7 liegt bei.\n{}",
        f"Frau Brook kennt mich {'schon sehr ' * 9}lange, und ich bin unter {{}} zu erreichen.",
    ],
    ids=["nobody", "surname", "writer", "sentence before", "paragraph before", "line before", "too far before"],
)
@pytest.mark.parametrize(("field", "said"), [("phone", NUMBER), ("email", MAIL)])
def test_the_number_or_mail_of_who_writes_is_stated_whoever_is_named_elsewhere(
    sentence: str, field: str, said: str
) -> None:
    assert of_application(sentence.format(said), **{field: said}) == []


@pytest.mark.parametrize(
    "words",
    ["Referenz: Lindenhof Ringstadt,", "Referenzen Lindenhof,", "Referee: Mill School,", "Références: École du Lac,"],
)
def test_a_number_that_its_line_calls_a_references_is_only_proposed(words: str) -> None:
    assert of_application(f"{words} {NUMBER}", phone=NUMBER) == ["phone"]


@pytest.mark.parametrize("words", ["Telefon:", "Mobil (privat):", "Preferences:", "Referenzwerk Süd,"])
def test_a_number_that_its_line_calls_otherwise_is_stated(words: str) -> None:
    assert of_application(f"{words} {NUMBER}", phone=NUMBER) == []


ELSEWHERE = ("Ich bewerbe mich um die Stelle, die Sie ausgeschrieben haben, und lege Zeugnisse bei. " * 2, 500, 6_000)
"""Words of another place; in the text they stand between a block's first line and the others."""


def block(first: str, *lines: str) -> list[str]:
    top, *below = column(500, 1_240, first, *lines, NUMBER)
    page = placed(("Jan Kern", 3_000, 100), top, ELSEWHERE, *below)
    return [*reasons("job_application", page, applicant_name="Jan Kern", phone=NUMBER)]


@pytest.mark.parametrize(
    ("lines", "withheld_fields"),
    [
        (("Frau Ida Brook", "Personalleiterin", "Lindenhof Ringstadt"), ["phone"]),
        (("Mr Field", "Orchard Homes"), ["phone"]),
        (("Herr Jan Kern", "Gärtner"), []),
        (("Lindenhof Ringstadt", "Gärtnerei"), []),
        (("Zeugnis von Frau Brook", "Gärtnerei"), []),
        (("Frau Ida Brook", "Leiterin", "Haus Süd", "Lindenhof", "Ringstadt"), []),
        (("Frau Ida Brook", "", "", "", "Lindenhof", "Ringstadt"), []),
    ],
    ids=["of another", "name alone", "of the writer", "of nobody", "not at its beginning", "too far above", "apart"],
)
def test_a_number_in_the_block_of_somebody_else_is_only_proposed(
    lines: tuple[str, ...], withheld_fields: list[str]
) -> None:
    assert block(*lines) == withheld_fields


def test_people_write_for_a_firm_and_for_nobody_known_anything_may_be_right() -> None:
    sentence = f"Sie erreichen Frau Brook unter {NUMBER}."
    assert of_application(sentence, phone=NUMBER) == ["phone"]
    assert of_application(sentence, name="Kern Bau GmbH", phone=NUMBER) == []
    assert of_text("job_application", sentence, phone=NUMBER) == {}
