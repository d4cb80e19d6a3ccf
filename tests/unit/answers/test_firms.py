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
    ],
)
def test_a_legal_form_tells_a_firm(name: str) -> None:
    assert is_firm(name)


@pytest.mark.parametrize("name", ["Brook, Kern & Partner PartG mbB", "Kern & Partner PartG", "Kern PartGmbB"])
def test_a_partnership_has_its_limit_in_its_name(name: str) -> None:
    assert [*firms_in(f"{name} · Am Hang 12")][-1].endswith(name.rsplit(", ", maxsplit=1)[-1])


def test_a_firm_may_be_called_by_what_they_do_there() -> None:
    assert is_occupation("Steuerberater am Dom")
    assert not is_occupation("Steuerberater am Dom PartG mbB")


@pytest.mark.parametrize("name", ["Max Inch", "Corporal Ltdson", "Anna Kfrank", "Lena Gmbhoff"])
def test_letters_within_a_word_tell_none(name: str) -> None:
    assert not is_firm(name)
