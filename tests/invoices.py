"""Invoices made at test time, with what stands in them: many layouts by seed, rows without end."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

CENT: Final = Decimal("0.01")
WIDTH, HEIGHT = A4
MARGIN: Final = 50.0

WORDS: Final = {
    "de": "Schraube Dichtung Wartung Kabel Montage Filter Pumpe Träger Beschichtung Lieferung Prüfung Ventil verzinkt "
    "blau groß einschließlich gemäß Anlage Gebäude Etage Werkstatt Stundenlohn Gesamtreinigung Zubehör M8 230V",
    "en": "Bolt gasket service cable assembly filter pump bracket coating delivery inspection valve galvanised blue "
    "large including per annex building floor workshop hourly totalising accessory M8 230V",
    "fr": "Vis joint entretien câble montage filtre pompe support revêtement livraison contrôle vanne galvanisé bleu "
    "grand selon annexe bâtiment étage atelier horaire accessoire M8 230V",
}
LABELS: Final = {
    "de": {
        "number": ("Pos.", "Nr."),
        "article": ("Art.-Nr.", "Artikelnr."),
        "description": ("Bezeichnung", "Beschreibung", "Artikel"),
        "quantity": ("Menge", "Anzahl"),
        "unit": ("Einheit", "ME"),
        "unit_price": ("Einzelpreis", "Preis", "E-Preis"),
        "tax": ("MwSt. %", "USt"),
        "line_total": ("Gesamtpreis", "Betrag", "Gesamt EUR"),
    },
    "en": {
        "number": ("No.", "Line"),
        "article": ("Item code", "SKU"),
        "description": ("Description", "Product"),
        "quantity": ("Quantity", "Qty"),
        "unit": ("UoM", "Unit"),
        "unit_price": ("Unit price", "Price"),
        "tax": ("VAT %", "VAT"),
        "line_total": ("Amount", "Line total"),
    },
    "fr": {
        "number": ("N°", "Ligne"),
        "article": ("Réf.", "Code article"),
        "description": ("Désignation", "Description"),
        "quantity": ("Quantité", "Qté"),
        "unit": ("Unité", "U."),
        "unit_price": ("Prix unitaire", "PU HT"),
        "tax": ("TVA %", "TVA"),
        "line_total": ("Montant HT", "Total HT"),
    },
}
SAYINGS: Final = {
    "de": ("Zwischensumme", "Übertrag", "Nettobetrag", "zzgl. 19 % MwSt.", "Gesamtbetrag", "Rechnung", "Seite"),
    "en": ("Subtotal", "Carried forward", "Net total", "VAT 19 %", "Amount due", "Invoice", "Page"),
    "fr": ("Sous-total", "À reporter", "Total HT", "TVA 19 %", "Net à payer", "Facture", "Page"),
}
EXTRAS: Final = {
    "de": ("Rabatt 5 %", "Gutschrift Retoure", "Versandkosten"),
    "en": ("Discount 5 %", "Credit for return", "Shipping"),
    "fr": ("Remise 5 %", "Avoir retour", "Frais de port"),
}
UNITS: Final = {"de": ("Stk", "Std", "kg", "m"), "en": ("pcs", "hours", "kg", "m"), "fr": ("kg", "m", "heures", "g")}


@dataclass(frozen=True)
class Item:
    """A row as it was meant."""

    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    line_total: Decimal


@dataclass(frozen=True)
class Style:
    """A layout."""

    language: str
    swiss: bool
    columns: tuple[str, ...]
    labels: dict[str, str]
    right: bool
    labels_right: bool
    grid: bool
    font: str
    size: float
    most_lines: int
    numbers_on: str
    """On which line of a row its numbers stand: `first`, `middle` or `last`."""
    counts_first: bool
    """What counts a row stands on its first line, wherever its other numbers stand."""
    breaks_rows: bool
    repeats_head: bool
    subtotal_every: int
    carries: bool
    by_columns: bool
    by_words: bool
    padding: float
    stacked: bool


@dataclass
class Invoice:
    """What was made, and what it says."""

    content: bytes
    items: list[Item]
    net_total: Decimal
    gross_total: Decimal
    style: Style
    pages: int = 1
    language: str = field(init=False)

    def __post_init__(self) -> None:
        self.language = self.style.language


def make_invoice(seed: int, rows: int | None = None, **changes: object) -> Invoice:
    """Make one; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311  (test data)
    style = _style(chance)
    style = Style(**{**style.__dict__, **changes})  # type: ignore[arg-type]
    items = list(_items(chance, style, rows or chance.choice((1, 2, 5, 12, 30, 60))))
    net = sum((item.line_total for item in items), Decimal(0))
    gross = net + _cents(net * Decimal("0.19"))
    printer = _Printer(style, chance)
    printer.print(items, net, gross)
    return Invoice(printer.content(), items, net, gross, style, printer.page)


def _style(chance: random.Random) -> Style:
    language = chance.choice(("de", "de", "en", "fr"))
    inner = ["quantity", "unit", "unit_price", "tax"]
    columns = ["description", *(name for name in inner if name in {"quantity", "unit_price"} or chance.random() < 0.4)]
    if chance.random() < 0.15:
        columns.remove("unit_price")
    if chance.random() < 0.25:
        columns.remove("quantity")
        columns.insert(0, "quantity")
    if chance.random() < 0.35:
        columns.insert(0, "article")
    if chance.random() < 0.5:
        columns.insert(0, "number")
    labels = {name: chance.choice(variants) for name, variants in LABELS[language].items()}
    return Style(
        language=language,
        swiss=language == "de" and chance.random() < 0.25,
        columns=(*columns, "line_total"),
        labels=labels,
        right=chance.random() < 0.8,
        labels_right=chance.random() < 0.7,
        grid=chance.random() < 0.3,
        font=chance.choice(("Helvetica", "Times-Roman", "Courier")),
        size=chance.choice((7.0, 8.0, 9.0, 10.0)),
        most_lines=chance.choice((1, 1, 2, 3, 4)),
        numbers_on=_line_of_numbers(chance.random()),
        counts_first=True,
        breaks_rows=chance.random() < 0.4,
        repeats_head=chance.random() < 0.7,
        subtotal_every=chance.choice((0, 0, 0, 5, 11)),
        carries=chance.random() < 0.35,
        by_columns=chance.random() < 0.2,
        by_words=chance.random() < 0.2,
        padding=chance.choice((0.0, 2.0, 5.0)),
        stacked=chance.random() < 0.2,
    )


def _line_of_numbers(share: float) -> str:
    return "middle" if share < 0.2 else "last" if share < 0.3 else "first"


def _items(chance: random.Random, style: Style, count: int) -> Iterator[Item]:
    words = WORDS[style.language].split()
    for index in range(count):
        if index and chance.random() < 0.06:
            kind = chance.randrange(3)
            amount = _cents(Decimal(chance.randint(100, 9_999)) / 100)
            yield Item(EXTRAS[style.language][kind], None, None, amount if kind == 2 else -amount)
            continue
        description = " ".join(chance.choice(words) for _ in range(chance.randint(1, 3 * style.most_lines)))
        quantity = Decimal(chance.randint(1, 40)) if chance.random() < 0.8 else Decimal(chance.randint(1, 399)) / 4
        price = _cents(Decimal(chance.randint(10, 99_999 if chance.random() < 0.9 else 999_999)) / 100)
        yield Item(description, quantity, price if "unit_price" in style.columns else None, _cents(quantity * price))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


class _Printer:
    """Draws an invoice on as many pages as it needs."""

    def __init__(self, style: Style, chance: random.Random) -> None:
        self.style = style
        self.page = 1
        self._chance = chance
        self._buffer = BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=A4, pageCompression=1, invariant=1)
        self._leading = 1.2 * style.size
        self._sum = Decimal(0)
        self._waiting: list[tuple[int, Callable[[], None]]] = []
        self._edges = dict(self._columns())
        self._y = HEIGHT - MARGIN

    def content(self) -> bytes:
        return self._buffer.getvalue()

    def print(self, items: Sequence[Item], net: Decimal, gross: Decimal) -> None:
        subtotal, _, net_label, tax_label, gross_label, invoice, _ = SAYINGS[self.style.language]
        self._text(MARGIN, self._y, f"{invoice} 2024-0815", size=14)
        self._y -= 60
        self._head()
        since = Decimal(0)
        for index, item in enumerate(items, start=1):
            self._row(index, item)
            since += item.line_total
            if self.style.subtotal_every and index % self.style.subtotal_every == 0 and index < len(items):
                self._line(subtotal, since)
                since = Decimal(0)
        self._y -= self._leading
        for label, amount in ((net_label, net), (tax_label, gross - net), (gross_label, gross)):
            self._line(label, amount, carry=False)
        self._flush()
        self._canvas.save()

    def _columns(self) -> Iterator[tuple[str, tuple[float, float]]]:
        """Give left and right edge of each column: as wide as its largest word, the description what is left."""
        widest = {
            "number": "99999",
            "article": "AB-12345",
            "quantity": "999,99 heures",
            "unit": "heures",
            "tax": "19,0 %",
        }
        widths = {
            name: 6
            + max(self._wide(widest.get(name, "1.999.999,99")), max(map(self._wide, self._label_lines(name))) + 2)
            for name in self.style.columns
            if name != "description"
        }
        x = MARGIN
        rest = WIDTH - 2 * MARGIN - sum(widths.values())
        for name in self.style.columns:
            width = widths.get(name, rest)
            yield name, (x, x + width - 6)
            x += width

    def _label_lines(self, name: str) -> list[str]:
        label = self.style.labels[name]
        if not self.style.stacked:
            return [label]
        return label.split(" ", 1) if " " in label else [label]

    def _wide(self, text: str) -> float:
        return stringWidth(text, self.style.font, self.style.size)

    def _head(self) -> None:
        lines = {name: self._label_lines(name) for name in self.style.columns}
        for name, texts in lines.items():
            for at, text in enumerate(texts):
                is_text = name in {"description", "article", "number", "unit"}
                self._cell(name, text, self._y - at * self._leading, right=self.style.labels_right and not is_text)
        self._y -= self._leading * max(map(len, lines.values())) + self.style.padding
        self._flush_columns()

    def _row(self, number: int, item: Item) -> None:
        style = self.style
        wrapped = self._wrap(item.description)
        needed = len(wrapped) * self._leading + style.padding
        room = self._y - MARGIN - 3 * self._leading
        if room < (self._leading if style.breaks_rows and style.numbers_on == "first" else needed):
            self._new_page()
        texts = self._texts(number, item)
        shift = (len(wrapped) - 1) * self._leading * {"first": 0.0, "middle": 0.5, "last": 1.0}[style.numbers_on]
        for name, text in texts.items():
            is_text = name in {"article", "number", "unit"}
            is_first = name == "number" and style.numbers_on == "last" and style.counts_first
            self._cell(name, text, self._y - (0.0 if is_first else shift), right=style.right and not is_text)
        self._sum += item.line_total
        for text in wrapped:
            if self._y - MARGIN - 3 * self._leading < 0:
                self._new_page()
            self._cell("description", text, self._y, right=False)
            self._y -= self._leading
        if style.grid:
            self._canvas.line(MARGIN, self._y + 0.7 * style.size, WIDTH - MARGIN, self._y + 0.7 * style.size)
        self._y -= style.padding

    def _texts(self, number: int, item: Item) -> dict[str, str]:
        style = self.style
        texts = {"line_total": self._money(item.line_total), "number": str(number)}
        if item.quantity is not None:
            unit = self._chance.choice(UNITS[style.language])
            texts["quantity"] = self._number(item.quantity) + ("" if "unit" in style.columns else f" {unit}")
            texts |= {"unit": unit, "tax": "19 %", "article": f"AB-{number:05d}"}
        if item.unit_price is not None:
            texts["unit_price"] = self._money(item.unit_price)
        return {name: text for name, text in texts.items() if name in style.columns}

    def _line(self, label: str, amount: Decimal, *, carry: bool = True) -> None:
        if self._y - MARGIN - 3 * self._leading < 0:
            self._new_page(carry=carry)
        self._cell("description", label, self._y, right=False)
        self._cell("line_total", self._money(amount), self._y, right=self.style.right)
        self._y -= self._leading + self.style.padding

    def _new_page(self, *, carry: bool = True) -> None:
        _, carried, *_, invoice, page = SAYINGS[self.style.language]
        total = self._sum
        if self.style.carries and carry:
            self._cell("description", carried, self._y, right=False)
            self._cell("line_total", self._money(total), self._y, right=self.style.right)
        self._flush()
        self._text(MARGIN, MARGIN / 2, f"{page} {self.page}", size=7)
        self._canvas.showPage()
        self.page += 1
        self._y = HEIGHT - MARGIN
        self._text(MARGIN, self._y, f"{invoice} 2024-0815, {page} {self.page}", size=7)
        self._y -= 40
        if self.style.repeats_head:
            self._head()
        if self.style.carries and carry:
            self._cell("description", carried, self._y, right=False)
            self._cell("line_total", self._money(total), self._y, right=self.style.right)
            self._y -= self._leading + self.style.padding

    def _wrap(self, text: str) -> list[str]:
        left, right = self._edges["description"]
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self._wide(longer) <= right - left or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _cell(self, name: str, text: str, y: float, *, right: bool) -> None:
        left, end = self._edges[name]
        x = end - self._wide(text) if right else left
        order = self.style.columns.index(name) if self.style.by_columns else 0
        self._waiting.append((order, lambda: self._text(x, y, text)))
        if not self.style.by_columns:
            self._flush_columns()

    def _flush(self) -> None:
        self._flush_columns()

    def _flush_columns(self) -> None:
        for _, draw in sorted(self._waiting, key=lambda item: item[0]):
            draw()
        self._waiting.clear()

    def _text(self, x: float, y: float, text: str, size: float | None = None) -> None:
        size = size or self.style.size
        self._canvas.setFont(self.style.font, size)
        if not self.style.by_words:
            self._canvas.drawString(x, y, text)
            return
        for word in text.split(" "):
            self._canvas.drawString(x, y, word)
            x += stringWidth(f"{word} ", self.style.font, size)

    def _money(self, value: Decimal) -> str:
        return _written(value, self.style, decimals=2)

    def _number(self, value: Decimal) -> str:
        return _written(value, self.style, decimals=0 if value == value.to_integral_value() else 2)


def _written(value: Decimal, style: Style, decimals: int) -> str:
    group, point = ("'", ".") if style.swiss else {"de": (".", ","), "en": (",", "."), "fr": (" ", ",")}[style.language]
    plain = f"{value:,.{decimals}f}"
    return plain.translate({ord(","): group, ord("."): point})
