"""Values that are not stated for what the document says around them, however likely they are: they are only proposed.

Such are a number that words everywhere call another's or that may be the sender's own, the customer's VAT number, an
employer who is written to, a name of one word or of another party, a person above an organisation, an address with a
name in it, a telephone number or mail of somebody who did not write or whose name is not sure, a date that only a
table's rows have, a period whose words tell another one, a total before a discount, a tax that is one of several, an
amount in another currency, and one of which a part is paid.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import combinations, groupby, permutations
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind, Role, TaxTotals
from schemas.events import FieldAnswer
from schemas.wording import Wording
from services.answers.amounts import DOLLAR, currency_code, is_dollar, own_dollar
from services.answers.candidates import Candidates, nearest_words
from services.answers.contacts import is_anothers_contact, is_in_recipients_block
from services.answers.field_names import FieldNames
from services.answers.imprint import has_words
from services.answers.labelling import YOURS
from services.answers.names import is_firm, is_owner
from services.answers.one_total import is_tax_of
from services.answers.part_payments import part_payments
from services.answers.roles import is_name_of
from services.answers.sentences import in_small_letters
from services.answers.two_currencies import LEAST_IN_ONE
from services.answers.values_by_form import Candidate
from services.answers.whole_names import organisation_below, stands_above_firm

_BEFORE_PLACE: Final = r"(?:am|an der|im|beim|zum|zur|du|de la|des)"
"""Before the last word of a name: `Praxis am Domhof`."""
SURE: Final = 0.8
"""Confidence from which a name of one word is stated: one of a person or a firm that stands in its place."""
LINES_OF_ADDRESS: Final = 2
"""Between a name and what is said of its bearer behind his address, at least."""
MOST_BELOW_NAME: Final = 6
"""Lines of an address, and what is said of its owner behind them: his register, his VAT number."""
ROUNDED: Final = Decimal("0.05")
"""By how much totals may differ that were rounded, at most."""
NEARLY_AS_MANY: Final = 0.75
"""Amounts in another currency, for each in the answered one."""
_WHOSE: Final = re.compile(r"\b(?:der|of the) (?P<name>arge|weg)\W*$")
_SENDERS_OWN: Final = re.compile(r"unser|\bour\b|notre|eigene|verkäufer|lieferant|(?<!be)steller|seller|supplier")
"""In the words before a number, in small letters: it is the sender's, wherever it stands."""
_DISCOUNT: Final = re.compile(r"rabatt|nachlass|nachlaß|ersparnis|discount|\bsavings?\b|remise|rabais")
_IF_PAID_SOON: Final = re.compile(r"skonto|escompte|early|prompt|settlement|cash|within|binnen|innerhalb|zahlung|sous")
"""In the words of a discount, in small letters, that is taken off only by who pays soon."""
_TITLE: Final = re.compile(r"\b(?:letter|report|summary|\w+bericht|\w+brief|compte rendu)$", re.IGNORECASE)
"""How a title ends, and hardly a name."""
_WHERE: Final = re.compile(
    r"(?i:@|www\.|\b(?:tel|telefon|phone|téléphone|fax|mobile?|sort code|steuernummer|steuer-?nr|st\.-?nr)\b)"
    r"|(?<![\d.,])[0-9]{4,5} [A-ZÀ-Þ][a-zà-ÿ]{2}|\b[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}\b|\b[A-Z]{2} [0-9]{5}\b"
)
"""What tells where somebody is, or how he is reached."""
_CODE: Final = re.compile(r"\b[A-Z]{3}\b|€")
"""A currency that no other one is written as: `Fr.`, `R` and `£` are several."""
DATES_OF_ROWS: Final = 3
"""Dates that begin lines below each other, at least, where a table has one a row."""
_GOES_ON_TO: Final = re.compile(r"\s{0,3}(?:[-\u2013\u2014]|bis(?: zum)?|to|until|till|au)\s{0,3}[0-9]")
"""What stands behind the first date of a span."""
_BESIDE: Final = re.compile(
    r"(?<![A-Z])(?P<before>[$€£]|[A-Z]{3}) ?[0-9][0-9.,'\u2019]*[.,][0-9]{2}(?![0-9])"
    r"|[.,][0-9]{2} ?(?P<behind>[$€£]|[A-Z]{3}(?![A-Z]))"
)
"""A sign or a code of a currency at an amount with cents."""
_UNITS: Final = frozenset({"KGS", "STD", "GEL", "ROL", "TOP", "ALL", "PEN", "CUP", "TRY"})
"""Codes of currencies that are units or words as well: `2,50 STD`."""
_CODE_BEFORE: Final = re.compile(r"(?<!\w)[A-Z]{3}[ \u00a0]$")
"""Directly before an amount on its line: `GBP 2,965.71`; the end of `MWST` is none, though `WST` is a currency."""
_OF_ANOTHER: Final = Wording(
    de="{label}: die Wörter vor „{said}“ nennen etwas anderes.",
    en="{label}: the words before “{said}” name something else.",
)
_IN_ROWS: Final = Wording(
    de="{label}: „{said}“ steht nur in den Zeilen einer Tabelle.",
    en="{label}: “{said}” only stands in the rows of a table.",
)
_OF_SENDER: Final = Wording(
    de="{label}: „{said}“ kann eine eigene Nummer des Absenders sein.",
    en="{label}: “{said}” may be a number of the sender's own.",
)
_OF_PERIOD: Final = Wording(
    de="{label}: dieselben Wörter „{said}“ nennen einen anderen Zeitraum.",
    en="{label}: the same words “{said}” tell another period.",
)
_WRITTEN_TO: Final = Wording(
    de="{label}: an „{said}“ ist das Dokument gerichtet.",
    en="{label}: “{said}” is whom the document is written to.",
)
_CUT: Final = Wording(
    de="{label}: „{said}“ ist wohl nur ein Teil eines Namens.",
    en="{label}: “{said}” is probably a part of a name.",
)
_IS_TITLE: Final = Wording(
    de="{label}: „{said}“ ist wohl ein Titel des Dokuments.",
    en="{label}: “{said}” is probably a title of the document.",
)
_ALONE: Final = Wording(
    de="{label}: außer „{said}“ ist niemand genannt, und nichts sagt, wer das Dokument ausgestellt hat.",
    en="{label}: nobody but “{said}” is named, and nothing says who issued the document.",
)
_IN_SEVERAL: Final = Wording(
    de="{label}: ebenso viele Beträge stehen in einer anderen Währung als „{said}“.",
    en="{label}: as many amounts are in another currency than “{said}”.",
)
_NAMED: Final = Wording(
    de="{label}: in „{said}“ steht auch ein Name.",
    en="{label}: “{said}” has a name in it, too.",
)
_SAME: Final = Wording(
    de="{label}: „{said}“ ist auch der Name einer anderen Partei.",
    en="{label}: “{said}” is the name of another party as well.",
)
_OF_BUYER: Final = Wording(
    de="{label}: „{said}“ steht unter der Anschrift des Empfängers.",
    en="{label}: “{said}” stands below the recipient's address.",
)
_BEFORE_DISCOUNT: Final = Wording(
    de="{label}: von „{said}“ geht noch ein Rabatt ab, bevor die Steuer dazukommt.",
    en="{label}: a discount is taken off “{said}” before tax is added.",
)
_LESS_BELOW: Final = Wording(
    de="{label}: unter „{said}“ steht, was nach einem Rabatt davon bleibt.",
    en="{label}: below “{said}” stands what a discount leaves of it.",
)
_ACTS: Final = Wording(
    de="{label}: „{said}“ handelt wohl für die Organisation, die darunter steht.",
    en="{label}: “{said}” probably acts for the organisation that stands below.",
)
_CONTACT: Final = Wording(
    de="{label}: „{said}“ gehört wohl zu jemand anderem.",
    en="{label}: “{said}” probably belongs to somebody else.",
)
_OF_NOBODY: Final = Wording(
    de="{label}: wem „{said}“ gehört, ist nicht sicher.",
    en="{label}: whose “{said}” is, is not sure.",
)
_IN_ANOTHER: Final = Wording(
    de="{label}: „{said}“ steht in einer anderen Währung als das Dokument.",
    en="{label}: “{said}” is in another currency than the document.",
)
_PAID_IN_PART: Final = Wording(
    de="{label}: von „{said}“ ist ein Teil schon gezahlt.",
    en="{label}: a part of “{said}” is paid already.",
)
_ONE_TAX: Final = Wording(
    de="{label}: „{said}“ ist wohl eine von mehreren Steuern.",
    en="{label}: “{said}” is probably one of several taxes.",
)


def withheld(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Mapping[str, Wording]:
    """Give, by field, why its value is not stated."""
    given = {field.path: field for field in fields if field.status == "ok" and field.value is not None}
    answered = ((definition, given[definition.name]) for definition in kind.fields if definition.name in given)
    reasons = {definition.name: _reason(kind, definition, answer, given, candidates) for definition, answer in answered}
    before = _before_payment(kind, fields, candidates)
    amounts = {name: answer.value_numeric for name, answer in given.items() if answer.kind == Kind.MONEY}
    paid = {name: _PAID_IN_PART for name, amount in amounts.items() if amount in before}
    return {name: reason for name, reason in reasons.items() if reason is not None} | paid


def of_nobody(kind: DocumentType, fields: Sequence[FieldAnswer], below: float) -> Mapping[str, Wording]:
    """Give, by field, why a number or mail of who writes is not stated: his name is none.

    Parameters
    ----------
    below
        Names of less confidence are only proposed, 0 to 1.
    """
    senders = {field.name for field in kind.fields if field.role is Role.SENDER and field.kind is Kind.NAME}
    said = {field.path for field in fields if field.status == "ok" and field.value and field.confidence >= below}
    contacts = [field.name for field in kind.fields if field.kind in {Kind.PHONE, Kind.EMAIL}]
    return dict.fromkeys(contacts if senders and not senders & said else (), _OF_NOBODY)


def _before_payment(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> set[Decimal]:
    """Give the amounts of which a part was paid, where the document prints what is left."""
    given = {field.path: field.value_numeric or Decimal(0) for field in fields}
    printed = {item.value.numeric for item in candidates.of(Kind.MONEY)}
    paid = part_payments(kind, fields, candidates)
    return {
        given[name] for name, item in paid.items() if given[name] - abs(item.value.numeric or Decimal(0)) in printed
    }


def _reason(
    kind: DocumentType,
    definition: FieldDefinition,
    answer: FieldAnswer,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Wording | None:
    found: Wording | None = None
    match definition.kind:
        case Kind.DATE if kind.tax_totals and _is_of_rows(answer, candidates):
            found = _IN_ROWS
        case Kind.REFERENCE:
            found = _reason_of_number(kind, definition, answer, candidates)
        case Kind.VAT_ID:
            found = _reason_of_vat_id(kind, definition, answer, given, candidates)
        case Kind.NAME:
            found = _reason_of_name(kind, definition, answer, given, candidates)
        case Kind.ADDRESS if any(_is_named_in(answer, other) for other in given.values()):
            found = _NAMED
        case Kind.PHONE | Kind.EMAIL if _is_anothers_contact(kind, answer, given, candidates):
            found = _CONTACT
        case Kind.CURRENCY if _is_one_of_several(answer.value or "", candidates):
            found = _IN_SEVERAL
        case Kind.PERIOD if _is_anothers_place(answer, given.values()):
            found = _OF_PERIOD
        case Kind.MONEY:
            found = _reason_of_amount(kind, definition, answer, given, candidates)
    return found


def _reason_of_amount(
    kind: DocumentType,
    definition: FieldDefinition,
    answer: FieldAnswer,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Wording | None:
    if _is_in_another(answer, given.values(), candidates.pages):
        return _IN_ANOTHER
    return _reason_of_total(kind, kind.tax_totals, definition, answer, given, candidates) if kind.tax_totals else None


def _reason_of_total(
    kind: DocumentType,
    totals: TaxTotals,
    definition: FieldDefinition,
    answer: FieldAnswer,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Wording | None:
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    if (answer is net or answer is tax) and _is_called_discount(kind, tax, candidates):
        return _OF_ANOTHER
    if answer is net:
        return _BEFORE_DISCOUNT if _is_before_discount(answer, tax, gross, candidates) else None
    if answer is gross and _is_reduced_below(answer, candidates):
        return _LESS_BELOW
    if answer is tax:
        taxes = {item.value.numeric for item in candidates.labelled(definition, kind)}
        return _ONE_TAX if len(taxes) > 1 and _is_part(net, answer, gross) else None
    return None


def _is_of_rows(answer: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether a date stands in the first column of a table's rows, and elsewhere only in a span."""
    places = [item for item in candidates.of(Kind.DATE) if item.value.text == answer.value]
    in_rows = [item for item in places if _is_in_rows(item, candidates)]
    return bool(in_rows) and all(item in in_rows or _is_in_span(item, candidates) for item in places)


def _is_in_rows(item: Candidate, candidates: Candidates) -> bool:
    """Say whether a date begins a line of several cells, and so do others right below or above it in its column."""
    column = candidates.surroundings.first_of_rows(item.page, item.char_start)
    dated = {each.char_start for each in candidates.of(Kind.DATE) if each.page == item.page}
    runs = (list(run) for is_date, run in groupby(column, lambda cell: cell.start in dated) if is_date)
    own = next((run for run in runs if any(cell.start == item.char_start for cell in run)), [])
    return len(own) >= DATES_OF_ROWS


def _is_in_span(item: Candidate, candidates: Candidates) -> bool:
    text = candidates.pages[item.page - 1]
    return item.ends_span or _GOES_ON_TO.match(text, item.char_end) is not None


def _reason_of_vat_id(
    kind: DocumentType,
    definition: FieldDefinition,
    answer: FieldAnswer,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Wording | None:
    """Withhold a number behind words alone that the field is unlike, or below the recipient's address alone."""
    places = [item for item in candidates.of(definition.kind) if item.value.text == answer.value]
    if not places:
        return None
    names, said = FieldNames(definition, kind), [nearest_words(item) for item in places]
    recipients = [given[field.name] for field in kind.fields if field.role is Role.RECIPIENT and field.name in given]
    if all(names.exclude(words) or _is_of(words, recipients) for words in said):
        return _OF_ANOTHER
    is_below = all(_is_below_name(item, recipients, candidates) for item in places)
    return _OF_BUYER if is_below and not any(map(_SENDERS_OWN.search, said)) else None


def _is_below_name(item: Candidate, named: Sequence[FieldAnswer], candidates: Candidates) -> bool:
    """Say whether a value stands directly below an address, as what is said of its owner does: `UID: ATU63157826`."""
    around = candidates.surroundings
    cell = around.cell(item.page, item.char_start)
    for lines in range(MOST_BELOW_NAME):
        cell = around.cell_above(item.page, cell.start) if cell else None
        if cell is None:
            break
        if any(answer.page == item.page and cell.start <= (answer.char_start or 0) < cell.end for answer in named):
            return lines >= LINES_OF_ADDRESS
        if is_firm(cell.text):
            break
    return False


def _is_of(words: str, recipients: Sequence[FieldAnswer]) -> bool:
    """Say whether words call a number that of the recipient by what he is: `USt-IdNr. der ARGE`."""
    whose = _WHOSE.search(words)
    return whose is not None and any(has_words(answer.value or "", whose["name"]) for answer in recipients)


def _is_anothers_contact(
    kind: DocumentType, answer: FieldAnswer, given: Mapping[str, FieldAnswer], candidates: Candidates
) -> bool:
    writers, recipients = (_names_of(role, kind, given) for role in (Role.SENDER, Role.RECIPIENT))
    around = candidates.surroundings
    is_recipients = is_in_recipients_block(answer, writers, recipients, around)
    return is_recipients or is_anothers_contact(answer, writers, candidates.pages, around)


def _is_in_another(answer: FieldAnswer, others: Iterable[FieldAnswer], pages: Sequence[str]) -> bool:
    """Say whether an amount is written in another currency than was answered."""
    own = next((field.value for field in others if field.kind == Kind.CURRENCY.value), None)
    start = answer.char_start or 0
    before = _CODE_BEFORE.search(pages[answer.page - 1], max(0, start - 6), start) if answer.page else None
    written = f"{before[0] if before else ''}{answer.verbatim}"
    code = currency_code(written) if _CODE.search(written) else None
    return None not in (own, code) and own != code


def _is_one_of_several(code: str, candidates: Candidates) -> bool:
    """Say whether nearly as many amounts are in another currency: each is printed in both."""
    dollar = own_dollar(candidates.pages) or (code if is_dollar(code) else DOLLAR)
    signs = (match["before"] or match["behind"] for text in candidates.pages for match in _BESIDE.finditer(text))
    counted = Counter(dollar if sign == DOLLAR else currency_code(sign) for sign in signs if sign not in _UNITS)
    other = max((number for other, number in counted.items() if other not in (code, None)), default=0)
    are_most = 2 * (other + counted[code]) >= len(candidates.of(Kind.MONEY))
    return are_most and other >= max(LEAST_IN_ONE, NEARLY_AS_MANY * counted[code])


def _reason_of_number(
    kind: DocumentType, definition: FieldDefinition, answer: FieldAnswer, candidates: Candidates
) -> Wording | None:
    if definition.required and _is_anothers_number(kind, definition, answer, candidates):
        return _OF_ANOTHER
    return _OF_SENDER if _is_senders(definition, answer, candidates) else None


def _is_anothers_number(
    kind: DocumentType, definition: FieldDefinition, answer: FieldAnswer, candidates: Candidates
) -> bool:
    """Say whether words name a number another's; one in parts, as `AB 417`, is found by no form, but on its line."""
    if any(item.value.text == answer.value for item in candidates.of(Kind.REFERENCE)) or not answer.page:
        return candidates.is_of_another(definition, kind, answer.value or "")
    before = candidates.pages[answer.page - 1][: answer.char_start].rpartition("\n")[2]
    return FieldNames(definition, kind).call_anothers(before.casefold())


def _reason_of_name(
    kind: DocumentType,
    definition: FieldDefinition,
    answer: FieldAnswer,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Wording | None:
    if definition.not_addressee and _is_addressee(answer, candidates):
        return _WRITTEN_TO
    agree = {name for field in kind.fields if field.named_before for name in (field.name, field.named_before)}
    is_buyer = definition.role is Role.RECIPIENT and definition.is_party
    if definition.name in agree and _acts_for_another(answer, candidates):
        return _ACTS
    if is_buyer and _is_above_firm(answer, candidates):
        return _ACTS
    parties = agree | {field.name for field in kind.fields if field.role in {Role.SENDER, Role.RECIPIENT}}
    others = [given[name] for name in parties & given.keys() if name != definition.name]
    may_be_another = definition.name in parties or definition.role is None
    if may_be_another and any(_is_as_sure(other, answer) for other in others):
        return _SAME
    is_only = bool(others) and all(other.value == answer.value for other in others)
    if kind.tax_totals and definition.role is Role.SENDER and is_only and _is_nowhere(candidates):
        return _ALONE
    is_somebody = definition.name in agree or definition.role is not None
    is_report = not (kind.tax_totals or definition.is_party)
    return _reason_of_words(answer, candidates, is_somebody=is_somebody, is_report=is_report)


def _reason_of_words(
    answer: FieldAnswer, candidates: Candidates, *, is_somebody: bool, is_report: bool
) -> Wording | None:
    """Withhold what does not look like a whole name, or like any; firms that trade may be called `Citybrief`."""
    if is_report and _TITLE.search(answer.value or ""):
        return _IS_TITLE
    return _CUT if is_somebody and _is_cut(answer, candidates) else None


def _is_nowhere(candidates: Candidates) -> bool:
    """Say whether no page of a bill has an address, a number or an account of anybody."""
    texts = candidates.surroundings.searchable.texts
    told = any(map(_WHERE.search, texts)) or candidates.of(Kind.IBAN) or candidates.of(Kind.VAT_ID)
    return not told and bool(candidates.of(Kind.MONEY))


def _is_as_sure(other: FieldAnswer, answer: FieldAnswer) -> bool:
    """Say whether another party has the same name, and as surely: nobody sells to himself."""
    is_same = (other.value or "").casefold() == (answer.value or "").casefold()
    return is_same and other.confidence >= answer.confidence


def _is_above_firm(answer: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether a person's name stands in an address above a firm's in two lines."""
    if answer.page is None or answer.char_start is None:
        return False
    return stands_above_firm(answer.verbatim, answer.page, answer.char_start, candidates.surroundings)


def _acts_for_another(answer: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether a person's name stands in an address above an organisation's; firms take their place elsewhere."""
    if answer.page is None or answer.char_start is None:
        return False
    return organisation_below(answer.verbatim, answer.page, answer.char_start, candidates.surroundings) is not None


def _names_of(role: Role, kind: DocumentType, given: Mapping[str, FieldAnswer]) -> Sequence[str]:
    names = {field.name for field in kind.fields if field.role is role}
    return [answer.value for name, answer in given.items() if name in names and answer.value]


def _is_named_in(address: FieldAnswer, other: FieldAnswer) -> bool:
    """Say whether an address has a party's name in it: where it begins is not sure then."""
    name = (other.value or "") if other.kind == Kind.NAME.value else ""
    return " " in name and has_words(address.value or "", name)


def _is_anothers_place(answer: FieldAnswer, others: Iterable[FieldAnswer]) -> bool:
    """Say whether the same words tell another period, and surer: `verlängert sich automatisch um 12 Monate`."""
    return any(
        other.path != answer.path
        and other.kind == answer.kind
        and other.page == answer.page is not None
        and (other.char_start or 0) < (answer.char_end or 0)
        and (answer.char_start or 0) < (other.char_end or 0)
        and other.confidence > answer.confidence
        for other in others
    )


def _is_senders(definition: FieldDefinition, answer: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether a number stands beside no name but one that a sender's own has, too: `Auftragsnummer: 4711`."""
    if not definition.senders:
        return False
    words = _alone(definition.senders)
    said = [nearest_words(item) for item in candidates.of(Kind.REFERENCE) if item.value.text == answer.value]
    return bool(said) and all(words.search(label) and not YOURS.search(label) for label in said)


@cache
def _alone(words: tuple[str, ...]) -> re.Pattern[str]:
    """Make a pattern of words directly before a value, in small letters, that are no part of a longer one."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(in_small_letters(words))))})\W*$")


def _is_cut(answer: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether a name is one word: a person has two, a firm its legal form or a compound (`Lindenhof-Apotheke`).

    Or the line that names a firm's owner, or who gets its post: it stands elsewhere.
    """
    name = answer.value or ""
    if is_owner(name) or name.casefold().startswith("c/o "):
        return True
    if not name.isalpha() or is_firm(name):
        return False
    return answer.confidence < SURE or _ends_another(name, candidates)


def _ends_another(name: str, candidates: Candidates) -> bool:
    """Say whether a longer name ends with a word, as `Praxis am Domhof` does."""
    pattern = re.compile(rf"[^\W\d_a-z]\w+ {_BEFORE_PLACE} {name}(?!\w)")
    return any(pattern.search(page) for page in candidates.surroundings.searchable.texts)


def _is_addressee(answer: FieldAnswer, candidates: Candidates) -> bool:
    letter = candidates.letter
    is_there = answer.page is not None and letter.is_in_address(answer.page, answer.char_start or 0)
    return is_there or is_name_of(letter.recipient, answer.value)


def _is_before_discount(
    net: FieldAnswer, tax: FieldAnswer | None, gross: FieldAnswer | None, candidates: Candidates
) -> bool:
    """Say whether net and tax make the gross total only if a discount is taken off, or two that stand below the net."""
    if not (tax and gross and net.value_numeric and tax.value_numeric is not None and gross.value_numeric):
        return False
    if is_tax_of(net.value_numeric, tax.value_numeric):
        return False
    off = net.value_numeric + tax.value_numeric - gross.value_numeric
    named = [item for item in candidates.of(Kind.MONEY) if is_discount(nearest_words(item))]
    below = {_size(item) for item in named if _is_between(item, net, gross)}
    sums = [*map(_size, named), *map(sum, combinations(below, 2))]
    return off > ROUNDED and any(abs(amount - off) <= ROUNDED for amount in sums)


def _is_called_discount(kind: DocumentType, tax: FieldAnswer | None, candidates: Candidates) -> bool:
    """Say whether words at the place of a tax call it a discount alone: net and tax are none, though they add up."""
    definition = next((field for field in kind.fields if tax and field.name == tax.path), None)
    if tax is None or definition is None:
        return False
    here = [item for item in candidates.of(Kind.MONEY) if (item.page, item.char_start) == (tax.page, tax.char_start)]
    named = candidates.labelled(definition, kind)
    return any(is_discount(nearest_words(item)) and item not in named for item in here)


def _is_reduced_below(gross: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether below a total stand a discount and what it leaves: `401.54`, `12.00`, `389.54`, or the rest first."""
    amounts = candidates.of(Kind.MONEY)
    for total, *two in zip(amounts, amounts[1:], amounts[2:], strict=False):
        for off, rest in permutations(two):
            is_left = 0 < _size(off) == _size(total) - _size(rest)
            if is_left and _size(total) == gross.value_numeric and _is_taken_off(nearest_words(off)):
                return True
    return False


def _is_taken_off(words: str) -> bool:
    """Say whether words beside an amount call it a discount, and not one for paying soon."""
    return is_discount(words) and not _IF_PAID_SOON.search(words)


def _size(item: Candidate) -> Decimal:
    return abs(item.value.numeric or Decimal(0))


def _is_between(item: Candidate, first: FieldAnswer, last: FieldAnswer) -> bool:
    """Say whether an amount stands between two that were answered, as a document goes on."""
    places = [(each.page or 0, each.char_start or 0) for each in (first, last)]
    return places[0] < (item.page, item.char_start) < places[1]


def is_discount(words: str) -> bool:
    """Say whether words beside an amount, in small letters, call it a discount."""
    return _DISCOUNT.search(words) is not None


def _is_part(net: FieldAnswer | None, tax: FieldAnswer, gross: FieldAnswer | None) -> bool:
    """Say whether the totals leave more for taxes, no rate makes this one of what may bear it, and it is less sure."""
    if not (net and gross and net.value_numeric and gross.value_numeric and tax.value_numeric):
        return False
    if tax.confidence > gross.confidence:
        return False
    without = gross.value_numeric - tax.value_numeric
    is_whole = any(is_tax_of(bearing, tax.value_numeric) for bearing in (net.value_numeric, without))
    return without - net.value_numeric > ROUNDED and not is_whole
