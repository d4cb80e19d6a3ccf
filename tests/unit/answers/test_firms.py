"""Which names are those of firms: by their legal form."""

import pytest

from services.answers.names import firms_in, is_firm, is_occupation


@pytest.mark.parametrize(
    "name",
    [
        "Hilfe zur Selbsthilfe VVaG",
        "Stadtwerke Ulm AöR",
        "Erzbistum Musterstadt KdöR",
        "Meta Brandt e.Kfr.",
        "Wohnprojekt Lindenhof eGbR",
        "Boulangerie Perrin SASU",
        "Kovács Szerszám Kft.",
        "Mizarstvo Novak d.o.o.",
        "Talleres Ibarra S.L.",
        "Tüftelbus gUG (haftungsbeschränkt)",
    ],
)
def test_a_legal_form_tells_a_firm(name: str) -> None:
    assert is_firm(name)


@pytest.mark.parametrize("name", ["Brook, Kern & Partner PartG mbB", "Kern & Partner PartG", "Kern PartGmbB"])
def test_a_partnership_has_its_limit_in_its_name(name: str) -> None:
    assert [*firms_in(f"{name} · Am Hang 12")][-1].endswith(name.rsplit(", ", maxsplit=1)[-1])


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("SARL Les Vergers de Kermor", ["SARL Les Vergers de Kermor"]),
        ("EARL Weber et Fils", ["EARL Weber et Fils"]),
        ("Roux SARL au capital de 8 000 €", ["Roux SARL"]),
        ("SARL au capital de 8 000 €", []),
        ("SAS AU CAPITAL VARIABLE", []),
        ("SCI, 3 rue Haute", []),
        ("  SAS L'Atelier du Bois ", ["SAS L'Atelier du Bois"]),
        ("SARL Dupont vous remercie de votre confiance.", []),
        ("SARL Dupont - Siège social Strasbourg", []),
        ("SAS Institute GmbH - In der Neckarhelle", ["SAS Institute GmbH"]),
        ("SNC Kern Rechnung an Weber GmbH", ["Weber GmbH"]),
    ],
)
def test_a_french_form_may_stand_before_the_name_on_a_line_of_its_own(line: str, names: list[str]) -> None:
    assert [*firms_in(line)] == names


def test_a_firm_may_be_called_by_what_they_do_there() -> None:
    assert is_occupation("Steuerberater am Dom")
    assert not is_occupation("Steuerberater am Dom PartG mbB")


@pytest.mark.parametrize("name", ["Max Inch", "Corporal Ltdson", "Anna Kfrank", "Lena Gmbhoff"])
def test_letters_within_a_word_tell_none(name: str) -> None:
    assert not is_firm(name)
