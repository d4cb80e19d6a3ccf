"""Which language a text is written in."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from py3langid.langid import LanguageIdentifier

from services.answers import language
from services.answers.language import UNDETERMINED, detect_language, is_written_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Sehr geehrte Damen und Herren, hiermit stellen wir Ihnen folgende Leistungen in Rechnung.", "de"),
        ("Rechnung Nr. 2026-0815\nRechnungsdatum 05.06.2026\nGesamtbetrag 15.387,08 EUR\nzahlbar bis 19.06.2026", "de"),
        ("MAHNUNG\nRECHNUNGSNUMMER 4711\nBITTE ÜBERWEISEN SIE DEN BETRAG UMGEHEND", "de"),
        ("Dear Sir or Madam, please find enclosed our invoice for the services rendered in May.", "en"),
        ("INVOICE No. 4711\nInvoice date 5 June 2026\nTotal amount due 1,200.00 GBP", "en"),
        ("Madame, Monsieur, veuillez trouver ci-joint notre facture du mois de mai.", "fr"),
        ("Gentili signori, in allegato trovate la nostra fattura del mese di maggio.", "it"),
        ("Geachte heer, mevrouw, bijgaand ontvangt u onze factuur voor de maand mei.", "nl"),
        ("Estimados señores, adjunto encontrarán nuestra factura del mes de mayo.", "es"),
        ("Szanowni Państwo, w załączeniu przesyłamy fakturę za miesiąc maj.", "pl"),
        ("Vážený pane, v příloze zasíláme fakturu za měsíc květen.", "cs"),
    ],
)
def test_business_letters_are_told_by_their_language(text: str, language: str) -> None:
    assert detect_language([text]) == language


@pytest.mark.parametrize("pages", [[], [""], ["12,00 EUR"], ["2026-06-05 4711 0815 " * 50], ["", "Hallo"]])
def test_too_few_letters_are_no_guess(pages: list[str]) -> None:
    assert detect_language(pages) == UNDETERMINED


def test_letters_are_looked_for_beyond_an_empty_first_page() -> None:
    assert detect_language(["", "Sehr geehrte Damen und Herren, anbei erhalten Sie unsere Rechnung."]) == "de"


@pytest.mark.parametrize(
    ("text", "language", "is_in"),
    [
        ("Die Muster GmbH berechnet der Beispiel AG 119,00 € für Büromaterial.", "de", True),
        ("Die Muster GmbH berechnet der Beispiel AG 119,00 € für Büromaterial.", "en", False),
        ("The sender asks for payment of 1,200 EUR by the end of the month.", "de", False),
        ("The sender asks for payment of 1,200 EUR by the end of the month.", "en", True),
        ("La société facture 120 € de fournitures, à payer avant le 5 juin.", "en", False),
        ("ELEKTRON Industrieservice GmbH invoices ConsultingService GmbH.", "fr", True),
        ("Kurz.", "en", True),
        ("The sender asks for payment of 1,200 EUR by the end of the month.", "und", True),
        ("The sender asks for payment of 1,200 EUR by the end of the month.", "ja", True),
    ],
)
def test_a_language_is_denied_only_where_another_is_clearly_likelier(text: str, language: str, *, is_in: bool) -> None:
    assert is_written_in(text, language) == is_in


def test_documents_that_come_first_at_once_load_the_model_once() -> None:
    """In Python 3.11, one of two threads that loaded it failed: `AST constructor recursion depth mismatch`."""
    load = LanguageIdentifier.from_model_file
    loads: list[str] = []

    def slowly(file: str) -> LanguageIdentifier:
        loads.append(file)
        time.sleep(0.05)
        return load(file)

    letter = "Sehr geehrte Damen und Herren, hiermit stellen wir Ihnen folgende Leistungen in Rechnung."
    language._loaded.cache_clear()
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(4) as threads:
        patch.setattr(LanguageIdentifier, "from_model_file", slowly)
        assert set(threads.map(detect_language, [[letter]] * 4)) == {"de"}
    assert len(loads) == 1
