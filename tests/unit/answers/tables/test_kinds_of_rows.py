"""Words of rows that only say of which kind each is: said, and never taken for whole in silence."""

from collections.abc import Sequence

import pytest
from unit.answers.tables.test_rows_that_add_up import read_text

KINDS = ("Express", "Éco", "Express", "Urgent", "Éco", "Express")
GOODS = (
    "Vaccins, Morges",
    "Pli notarié, Pully",
    "Sang, Laboratoire",
    "Fauteuil, Prilly",
    "Bas, Lausanne",
    "Retour, Crissier",
)
SAID = "“Description” is one word in each row, which repeats; what stands beside it was not read"


def bill(goods: Sequence[str], kinds: Sequence[str], what: str = "DESTINATAIRE") -> str:
    head = f"{'COMMANDE':<12}{what:<30}{'SERVICE':<14}{'QTÉ':>4}{'P.U.':>12}{'TOTAL':>12}"
    rows = [
        f"{f'VM-{at}':<12}{good:<30}{kind:<14}{'1':>4}{'10,00':>12}{'10,00':>12}"
        for at, (good, kind) in enumerate(zip(goods, kinds, strict=True))
    ]
    return "\n".join([head, *rows, "", f"Total HT    {10 * len(rows)},00"])


def reasons(page: str, net: int = 60) -> str:
    return " ".join(read_text(page, language="fr", net_total=f"{net}.00").reasons)


def test_kinds_of_rows_beside_what_they_are_of_are_said() -> None:
    answers = read_text(bill(GOODS, KINDS), language="fr", net_total="60.00")
    assert SAID in " ".join(answers.reasons)
    assert [field.value for field in answers.fields if field.path.endswith(".description")] == list(KINDS)
    assert SAID in reasons(f"{bill(GOODS[:3] * 2, ('Express', 'Éco') * 3)}")


@pytest.mark.parametrize(
    ("goods", "kinds"),
    [
        (GOODS, ("Express", "Éco", "Urgent", "Nuit", "Express", "Éco")),
        (GOODS, ("Course urgente", "Éco", "Course urgente", "Éco", "Éco", "Éco")),
        (("Vaccins", "Pli", "Sang", "Fauteuil", "Bas", "Retour"), KINDS),
        (("",) * 6, KINDS),
        (("", "", "", "Fauteuil, Prilly", "Bas, Lausanne", "Retour, Crissier"), KINDS),
        (("Course de nuit",) * 6, KINDS),
        ([f"{day}. März 2026" for day in range(10, 16)], KINDS),
        ([f"{hour}:00 - {hour + 1}:30" for hour in range(10, 16)], KINDS),
        (("Ida Brook", "Jan Kern", "Tom Field", "Eva Lind", "Max Korff", "Ida Kern"), KINDS),
    ],
    ids=[
        "of many kinds",
        "of two words",
        "one word beside",
        "nothing beside",
        "beside few",
        "one thing beside all",
        "dates",
        "times",
        "people",
    ],
)
def test_other_words_are_what_rows_are_of(goods: Sequence[str], kinds: Sequence[str]) -> None:
    assert SAID not in reasons(bill(goods, kinds))


def test_few_rows_may_be_of_one_kind() -> None:
    assert SAID not in reasons(bill(GOODS[:4], ("Express", "Éco") * 2), 40)
