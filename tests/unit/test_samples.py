"""The demo's documents and their labels, which are the truth that answers are measured against."""

import io
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pypdf
import pypdf.errors
import pytest
from labelled import documents_in, labels_in, single_spaced, text_of

from schemas.document_types import OTHER, DocumentTypes, load_document_types
from schemas.events import ErrorCode
from services.answers.values import parse_value

SAMPLES = Path(__file__).parents[2] / "samples"
LABELS = labels_in(SAMPLES)
READABLE = sorted(name for name, label in LABELS.items() if "fails_with" not in label)
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def types() -> DocumentTypes:
    return load_document_types()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders that the script filled, one after the other."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in (first, second):
        subprocess.run([sys.executable, SAMPLES / "make_samples.py", folder], check=True, timeout=120)
    return first, second


def test_every_sample_has_a_label_and_every_label_a_sample() -> None:
    assert documents_in(SAMPLES) == set(LABELS)


@pytest.mark.parametrize("name", READABLE)
def test_a_label_names_a_type_and_fields_that_exist(name: str, types: DocumentTypes) -> None:
    label = LABELS[name]
    document_type = types[label["document_type"]]
    fields = {field.name: field for field in document_type.fields}
    assert label["fields"].keys() == label["verbatim"].keys()
    assert label["fields"].keys() <= fields.keys()
    assert {field.name for field in document_type.fields if field.required} <= label["fields"].keys()
    assert all(len(shown) <= fields[field].max_length for field, shown in label["verbatim"].items())


@pytest.mark.parametrize("name", READABLE)
def test_every_labelled_value_stands_in_the_document_as_the_label_says(name: str) -> None:
    text = text_of(SAMPLES / name)
    assert [shown for shown in LABELS[name]["verbatim"].values() if single_spaced(shown) not in text] == []
    assert [word for word in LABELS[name]["summary_mentions"] if word.lower() not in text.lower()] == []


@pytest.mark.parametrize("name", READABLE)
def test_what_the_document_says_is_read_by_code_as_the_labelled_value(name: str, types: DocumentTypes) -> None:
    label = LABELS[name]
    kinds = {field.name: field.kind for field in types[label["document_type"]].fields}
    read = {field: parse_value(kinds[field], shown, label["language"]) for field, shown in label["verbatim"].items()}
    assert {field: value.text if value else None for field, value in read.items()} == label["fields"]


def test_invoices_add_up() -> None:
    invoices = [label["fields"] for label in LABELS.values() if label.get("document_type") == "invoice"]
    sums = [(Decimal(one["net_total"]) + Decimal(one["tax_total"]), Decimal(one["gross_total"])) for one in invoices]
    assert len(sums) >= 4
    assert all(total == gross for total, gross in sums)


def test_the_rows_of_every_table_of_goods_are_labelled_and_add_up() -> None:
    tables = {name: LABELS[name] for name in READABLE if "line_items" in LABELS[name]}
    assert Counter(label["document_type"] for label in tables.values()) == {
        "invoice": 3,
        "purchase_order": 3,
        "delivery_note": 2,
    }
    for name, label in tables.items():
        text = text_of(SAMPLES / name)
        assert [row for row in label["line_items"] if row["description"] not in text] == []
        if label["document_type"] != "delivery_note":
            total = sum(Decimal(row["line_total"]) for row in label["line_items"])
            assert total == Decimal(label["fields"]["net_total"])


def test_all_types_are_there_in_german_and_in_english(types: DocumentTypes) -> None:
    seen = Counter((LABELS[name]["document_type"], LABELS[name]["language"]) for name in READABLE)
    named = set(types) - {OTHER}
    assert all(seen[one, language] for one in named for language in ("de", "en"))
    assert seen[OTHER, "en"] == 1


def test_about_three_in_five_are_german() -> None:
    german = sum(LABELS[name]["language"] == "de" for name in READABLE)
    assert len(READABLE) >= 26
    assert 0.5 <= german / len(READABLE) <= 0.7


def test_there_are_texts_and_mails_beside_pdfs() -> None:
    kinds = Counter(Path(name).suffix for name in READABLE)
    assert kinds[".txt"] >= 3
    assert kinds[".eml"] >= 3
    with pytest.raises(UnicodeDecodeError):
        (SAMPLES / "bestellung_grosskueche.txt").read_text("utf-8")


def test_the_long_ones_have_their_pages() -> None:
    pages = {name: len(pypdf.PdfReader(SAMPLES / name).pages) for name in READABLE if name.endswith(".pdf")}
    assert pages["vertrag_gebaeudereinigung.pdf"] == 3
    assert pages["arztbrief_kardiologie.pdf"] == 2
    assert pages["bestellung_maschinenbau.pdf"] == 2


def test_samples_stay_small() -> None:
    assert sum((SAMPLES / name).stat().st_size for name in LABELS) < 1.5 * MEBIBYTE


def test_what_must_fail_fails_for_the_labelled_reason() -> None:
    failing = {name: label["fails_with"] for name, label in LABELS.items() if "fails_with" in label}
    assert failing == {
        "encrypted.pdf": ErrorCode.DOCUMENT_ENCRYPTED,
        "truncated.pdf": ErrorCode.DOCUMENT_BROKEN,
        "empty.pdf": ErrorCode.CONTENT_EMPTY,
        "picture_without_text.pdf": ErrorCode.DOCUMENT_WITHOUT_TEXT,
    }
    locked = pypdf.PdfReader(SAMPLES / "encrypted.pdf")
    assert locked.is_encrypted
    assert not locked.decrypt("")
    with pytest.raises(pypdf.errors.PdfReadError):
        pypdf.PdfReader(io.BytesIO((SAMPLES / "truncated.pdf").read_bytes()))
    assert (SAMPLES / "empty.pdf").read_bytes() == b""
    picture = pypdf.PdfReader(SAMPLES / "picture_without_text.pdf")
    assert [(page.extract_text(), len(page.images)) for page in picture.pages] == [("", 1)]


def test_making_them_twice_gives_the_same_bytes(made: tuple[Path, Path]) -> None:
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in made)
    assert first == second


def test_the_committed_ones_are_those_that_the_script_makes(made: tuple[Path, Path]) -> None:
    # Text, not bytes: another zlib or reportlab packs the same document differently.
    fresh = made[0]
    assert labels_in(fresh) == LABELS
    assert documents_in(fresh) == documents_in(SAMPLES)
    assert {name: text_of(fresh / name) for name in READABLE} == {name: text_of(SAMPLES / name) for name in READABLE}
