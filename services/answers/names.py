"""Names of firms and persons: the legal form is kept, typesetting is cleaned, and no letter is changed."""

import re
from collections.abc import Iterator
from typing import Final

from services.answers.addresses import parse_address
from services.answers.normal_form import plain

MIN_REPEATED: Final = 4
"""Letters of a firm's first word that are no other's by chance."""
_EDGES: Final = " ,;:·|•*_"
_QUOTED: Final = re.compile(r"""["„“«»']([^"„“”«»']+)["“”«»']""")
_LIMITED_PARTNERSHIP: Final = re.compile(r"(?<=\w) ?& ?Co(\.?) ?(?=(?:KGaA|KG|OHG|oHG)\b)")
_OWNER: Final = re.compile(r"(?:inh\.|inhaber(?:in)?|prop\.|proprietor|owner)\W", re.IGNORECASE)
_CAPITAL: Final = re.compile(
    r"(?: [-\u2013\u2014] (?:SASU?|SARL|EURL|SA|SCI|SNC))?(?<![ ,])[ ,]+(?:[-\u2013\u2014] )?"
    r"au capital (?:social )?de\b.*",
    re.DOTALL,
)
"""What French firms must write behind their names: `SAS au capital de 120 000 €`."""
_LABEL: Final = re.compile(
    r"^(?:(?:Firma|Fa\.|Name|Kunde|Lieferant|Verkäufer|Käufer|Auftraggeber|Auftragnehmer|Vermieter|Mieter|Customer|Supplier"
    r"|Auskunft|(?:Ansprechpartner|Sachbearbeiter|Bearbeiter)(?:in)?|Contact|Interlocuteur"
    r"|Client|Nom|Société|Nom / société|Sri\.?|Seller|Buyer|Vendor|Landlord|Tenant|Sold by|Sold to|Bill to|An|To|Von"
    r"|From|Abs\.?|Absender) ?: ?"
    r"|(?:Kunde|Lieferant|Käufer|Verkäufer|Auftraggeber|Auftragnehmer|Vermieter|Mieter) (?=[A-ZÄÖÜ])"
    r"|(?:Firma|Fa\.) |Abs\. (?!\d))(?=\S)"
)
_TO: Final = re.compile(r"^(?:An|To) (?:(?:die|das|den|the) )?(?!Post$)(?=\S)")
_TO_A_FIRM: Final = re.compile(r"^An (?:die |das |(?=(?:Firma|Fa\.) ))(?=\S)")
"""Of what may be a firm's own name only what cannot: `An der Alster Hotel GmbH` and `An Nguyen GmbH` are whole."""
_OF_A_FIRM: Final = re.compile(r"(?:M\.|Mr\.?) ")
"""What is no form of address before a firm: `M. Müller GmbH`, `Mr. Wash AG`."""
_HONORIFIC: Final = re.compile(
    r"(?:Herrn? ?/ ?Frau|Mrs?\.? ?/ ?M(?:r?s)\.?|(?:Herrn?|Frau|Mr|Mrs|Ms|Miss|Mx|Monsieur|Madame|Mme|Mlle)\.?|M\.)"
    r" (?!(?:und|and|et|&) )(?=(?:\S+ )+\S)"
)
"""A form of address before a first name and a surname; before a surname alone it is all that tells a person.

Programs that do not know who it is write both: `Herr/Frau`.
"""
_BEHIND: Final = re.compile(
    r"(?<! No\.)(?<! Nr\.)\s{1,9}(?:\((?=(?:\D*\d){3})[A-Z0-9](?:[ ./-]?[A-Z0-9])*\)|[A-Z]{0,4}[0-9]{6,}[A-Z]{0,3}"
    r"|\((?i:(?:company|charity|registered|reg\.) (?:no|number|in)|HR[AB]|RCS|SIREN|VAT)\b"
    r"[^()]{0,40}[0-9]{3}[^()]{0,20}\)"
    r"|\((?i:vendeur|acheteur|client|(?:ver)?käufer|kunde|seller|buyer|customer|supplier|vendor)\))$"
)
"""What stands behind a name: its number (`(04711)`, `(company no. SC204418)`), that of a parcel, what its bearer is."""
_SALUTATION: Final = re.compile(
    r"(?:sehr geehrte|liebe[rs]?|guten tag|hallo|dear|hello|madame, monsieur)\b", re.IGNORECASE
)


_LEGAL_FORM: Final = re.compile(
    r"\b(?:GmbH|gGmbH|mbH|(?:reg\. ?)?(?:Ges\.|Gen\.)?m\.b\.H|eGen"
    r"|AG|gAG|KG|KGaA|OHG|oHG|OG|e?GbR|g?UG|SE|eG|e\.? ?V\.?|e\.? ?K\.?|e\.? ?Kf[mr]\.?|e\. ?U\.?|a\. ?G\.?"
    r"|VVaG|[AK]d?öR"
    r"|PartG(?: ?mbB)?|Partnerschaft(?:sgesellschaft)?(?: von [A-ZÀ-Þ]\w+)? mbB"
    r"|Ltd|Limited|plc|LLP|PLLC|LLC|Inc|Corp|DAC|CLG|CIC"
    r"|SARL|S(?:à|\.à ?)r\.?l|SASU?|S\.?A|SRL|S\.r\.l|SpA|S\.p\.A|SNC|EURL|SELARL|SCI|SCP|SCEA|EARL|GAEC|SCOP|ASBL"
    r"|B\.?V|N\.V|ApS|A/S|AB|Oy|s\.r\.o|Sp\. z o\.o|Kft|d\.o\.o|Lda|S\.L)\b\.?"
)
_FORM_ALONE: Final = re.compile(_LEGAL_FORM.pattern, re.IGNORECASE)
_FIRM: Final = re.compile(
    rf"(?<![\w&.'+-])[A-ZÄÖÜ][\w&.'+-]*(?: (?:[A-ZÄÖÜ][\w&.'+-]*|&|und|and|of|für)){{0,6}},? {_LEGAL_FORM.pattern}"
    r"(?: ?& ?Co\.? ?(?:KGaA|KG|OHG))?"
)

_FORM_FIRST: Final = re.compile(
    r"(?:S\.?A\.?R\.?L|S\.?A\.?S\.?U?|EURL|SELARL|SCI|SCEA|EARL|GAEC|SNC)\.? (?!(?i:au capital|unipersonnelle))"
    r"(?=[A-ZÀ-Þ])(?:(?:[A-ZÀ-Þ][\w'\u2019-]+|de|du|des|la|le|les|et|&|d['\u2019]\w+|l['\u2019]\w+)(?: |$)){1,6}"
)
"""A line with a French name, whose form may stand before it, and nothing else."""

_FIRM_AND_MORE: Final = re.compile(
    rf"(?P<firm>.*[\w.] {_LEGAL_FORM.pattern})(?:"
    r",? \(?Inh(?:\.|aber(?:in)?:?) .+|"
    r"(?: ?, ?| [-\u2013\u2014|] )(?!Zweig|Niederl|Filial|Werk|Abteil|Branch|Division|Succursale)"
    r"[A-ZÀ-Þ][^\W\d_]+(?: [A-ZÀ-Þ][^\W\d_]+){0,2}"
    r"| in (?!Liqu|Gründ|Insolv|Abwickl)[A-ZÀ-Þ][^\W\d_]+(?: [A-ZÀ-Þ][^\W\d_]+){0,2}"
    r"| (?:Customer (?:Relations|Services?|Care|Support)|Accounts(?: Payable)?|Service Clients?|Comptabilité"
    r"|Kunden(?:service|dienst|betreuung)|Buchhaltung|Einkauf)"
    r"| \([A-ZÀ-Þ][^\W\d_]+ [A-ZÀ-Þ][^\W\d_]+\)"
    r"| ?, (?!Zweig|Niederl|Filial|Werk|Abteil|Branch|Division|Succursale)[^,]{1,40}, .*[0-9].*)"
)
"""What stands behind a firm and is no part of its name: who works for it, its town, its address, a department."""
_VEHICLE: Final = re.compile(
    r"(?<=\w) ?[,;(] ?(?:Kfz|Lkw|LKW|Kennz|Fahrzeug|Fahrer|Anhänger|[Tt]ruck|[Vv]ehicle|[Ll]orry|[Dd]river|[Cc]amion"
    r"|[Cc]hauffeur)\b.*"
)
"""What carries and who drives, behind a carrier's name, with a legal form or without."""

_BEHIND_BRAND: Final = re.compile(r" [-\u2013] ")
"""Between a brand and the firm that begins with it: `Lux - Lux Mietwagen GmbH`."""
_CO: Final = re.compile(r"\s*& ?Co\.?\s*$")
_NO_NAME_ALONE: Final = re.compile(
    r"(?:(?:hotel|gaststätten|gast)?betriebs|besitz|verwaltungs|beteiligungs|vertriebs|produktions|service)"
    r"(?:-|[- ]?gesellschaft)?|familie [A-ZÄÖÜ][\w-]+",
    re.IGNORECASE,
)
"""What a firm is called below the name of its house: `Gasthof Seerose`, and then `Betriebs-GmbH & Co. KG`."""
_PERSON: Final = re.compile(
    r"(?:(?:Dr|Prof|Mag|Ing)\. ?)*(?:[A-ZÀ-Þ][^\W\d_]*(?:[-'\u2019.][^\W\d_]+)*\.?(?: |$)){2,3}"
)
_ROOM: Final = re.compile(r", ?(?:Zimmer|Zi\.|Raum|Room|Bureau|bureau|Tel\.?|Durchwahl)[ :]*[\w./-]*\d[\w./ -]*$")
"""Where somebody sits, behind the name: `Frau Thießen, Zimmer 2.14`."""
_IN_TOWN: Final = re.compile(
    r"(?P<person>(?:(?:PD|Priv\.-Doz\.|Prof\.|Dr\.|med\.|h\. ?c\.) ){1,4}(?P<name>[^,]+)), [A-ZÄÖÜ][a-zà-ÿß]{3,}"
)
"""Somebody with a title, and the town: `Dr. med. Erwin Möllers, Münster`."""
_FOR_FIRM: Final = re.compile(rf"(?P<person>[^()]+) \((?P<firm>[^()]*\w {_LEGAL_FORM.pattern})\)")
"""Somebody, and in brackets whom he works for: `Deirdre Moran (Kilbride Wind DAC)`."""
_OCCUPATION: Final = re.compile(
    r"(?:(?:leitende[rn]?|niedergelassene[rn]?|öffentlich bestellte[rn]?) )?"
    r"(?:(?:[^\W\d_]*(?:arzt|ärztin)|notar(?:in)?|(?:rechts|fach)(?:anwalt|anwältin)|steuerberater(?:in)?"
    r"|wirtschaftsprüfer(?:in)?|sachbearbeiter(?:in)?|geschäftsführer(?:in)?|general practitioner|solicitors?"
    r"|médecin(?: (?:traitant|généraliste|spécialiste))?|notaire|avocate?)"
    r"(?: (?:für|im|in|am|und|of|for|at|en|au|à|de) .{3,60})?"
    r"|[^\W\d_]*ärzte|notare|(?:rechts|fach)anwälte)",  # alone: `Zahnärzte am Markt` is a name
    re.IGNORECASE,
)
_TITLED: Final = re.compile(r"(?:PD|Priv\.-Doz\.|Prof\.|Dr\.) ?[^&]+")
"""A person who has a title: what follows the surname is an occupation, and no part of a firm's name."""
_ORGANISATION: Final = re.compile(
    r"\b(?:club|school|college|university|trust|society|association|council|church|charity|studio|tearooms?|café|hotel"
    r"|(?:history|action|support|community|residents|user|scout|parish|playgroup|craft|arts?|drama|theatre) group"
    r"|committee|(?<!the )(?:library|museum|nursery)"
    r"|(?:owners|body) corporation|federation"
    r"|town of|city of|county of|stadt|gemeinde|kirchengemeinde|landkreis|(?:\w*[-]?)(?:verein|verband|schule|gymnasium"
    r"|universität|eigentümergemeinschaft|arbeitsgemeinschaft|genossenschaft|stiftung|pfarrei|gemeinde"
    r"|kindergarten)|(?-i:^(?:WEG|ARGE)(?= (?:[A-ZÄÖÜ][a-zäöüß]|[0-9])))"
    r"|mairie|commune|communauté (?:de communes|d'agglomération)|co-?operative|coopérative|amicale|mutuelle|ehpad"
    r"|comité (?:des?|social)|office (?:de|du) tourisme|centre (?:hospitalier|communal|social|culturel)"
    r"|(?<!du )syndicat (?:des?|mixte|intercommunal)|école|collège|lycée|fondation"
    r"|fédération|paroisse|copropriété|copropriétaires)\b",
    re.IGNORECASE,
)
"""A word that makes a line the name of an organisation that has no legal form."""
_PARTNERS: Final = re.compile(rf" & (?:[A-ZÄÖÜ][\w.'-]* ){{1,3}}?{_LEGAL_FORM.pattern}(?: mbB)?(?!\w)")


def partners_behind(text: str, at: int) -> str:
    """Give how a firm goes on behind its first partner, or nothing: ` & Rabe PartG mbB` of `Kern & Rabe PartG mbB`."""
    match = _PARTNERS.match(text, at)
    return match[0] if match else ""


def is_repeated(words: str, firm: str) -> bool:
    """Say whether words before a firm's name are its logo: one of them begins as the name does."""
    first = next(iter(firm.casefold().split()), "")
    return len(first) >= MIN_REPEATED and any(word.startswith(first) for word in words.casefold().split())


def firms_in(text: str) -> Iterator[str]:
    """Give the names with a legal form that stand in a text, each from its first capital letter.

    A French form may stand first, if the text is the name alone.
    """
    found = [match[0] for match in _FIRM.finditer(text)]
    return iter(found or ([text.strip()] if _FORM_FIRST.fullmatch(text.strip()) else ()))


def without_form(name: str) -> str:
    """Give a name without its legal form."""
    return _LEGAL_FORM.sub("", name)


def without_form_in_any_letters(name: str) -> str:
    """Give a name without its legal form, which payment slips may write in capitals or small: `MUSTER GMBH`."""
    return _FORM_ALONE.sub(" ", name)


def without_label(name: str) -> str:
    """Give a name without the word for what its bearer is before it: `Nom / société : Roux Frères`."""
    return _LABEL.sub("", name) if ":" in name else name


def without_number(name: str) -> str:
    """Give a name without the number that a form writes behind it, or the word for what its bearer is."""
    return _BEHIND.sub("", name)


def is_person(name: str) -> bool:
    """Say whether a name may be a person's: a few words in letters, each with a capital, and no legal form."""
    return _PERSON.fullmatch(name) is not None and not is_firm(name)


def is_occupation(text: str) -> bool:
    """Say whether words tell what somebody does, and not who it is: `Notarin`, `Fachärztin für Innere Medizin`."""
    return _OCCUPATION.fullmatch(text.strip(_EDGES)) is not None and not is_firm(text)


def is_owner(text: str) -> bool:
    """Say whether a line names the owner of the firm above it, as `Inh. Matthias Hollerbach e. K.` does."""
    return _OWNER.match(text) is not None


def is_firm(name: str) -> bool:
    """Say whether a name has a legal form: no label, no heading, and no person has one."""
    return _LEGAL_FORM.search(name) is not None


def is_nameless(firm: str) -> bool:
    """Say whether a firm's line has no name of its own, which the line above it has."""
    words = _CO.sub("", without_form(firm)).strip(" .")
    return is_firm(firm) and _NO_NAME_ALONE.fullmatch(words) is not None


def is_organisation(name: str) -> bool:
    """Say whether a name is that of an organisation without a legal form: `Archery Club`, `Stadt Ringau`."""
    return _ORGANISATION.search(name) is not None


def is_legal_form(word: str) -> bool:
    """Say whether a word is a legal form, also in capitals."""
    return _FORM_ALONE.fullmatch(word) is not None


def parse_name(verbatim: str) -> str | None:
    """Read a name on one line, without `Frau` or `Mr` before a whole name.

    What has no letter is none, nor is an address, an e-mail address, a salutation or a firm behind words of its own:
    `Returns to: Muster GmbH`.
    """
    said = _ROOM.sub("", plain(verbatim).strip(_EDGES))
    if (local := _IN_TOWN.fullmatch(said)) and is_person(local["name"]):
        said = local["person"]
    name = _CAPITAL.sub("", _LABEL.sub("", (_TO_A_FIRM if is_firm(said) else _TO).sub("", said)))
    if quoted := _QUOTED.fullmatch(name):
        name = quoted[1]
    name = _LIMITED_PARTNERSHIP.sub(r" & Co\1 ", without_number(name))
    if (address := parse_address(name)) and address.before:
        name = next(filter(is_firm, address.before), address.before[0])  # the name was copied with its address
        address = None
    if (works := _FOR_FIRM.fullmatch(name)) and is_person(works["person"]):
        name = works["firm"]
    person, _, rest = name.partition(", ")
    employer = rest.partition(", ")[0]
    if is_person(person) and not is_firm(person) and is_firm(employer) and is_person(without_form(employer)):
        name = employer
    if not (is_firm(name) and _OF_A_FIRM.match(name)):
        name = _HONORIFIC.sub("", name, count=1) if _HONORIFIC.match(name) else name
    before, _, last = name.rpartition(" ")
    if _TITLED.fullmatch(before) and is_occupation(last):
        name = before.strip(_EDGES)
    name = _without_what_follows(name)
    is_other = "@" in name or is_firm(name.partition(": ")[2]) or _SALUTATION.match(name) or address
    is_number = sum(map(str.isdigit, name)) > sum(map(str.isalpha, name))
    return name if any(map(str.isalpha, name)) and not (is_other or is_number) else None


def _without_what_follows(name: str) -> str:
    """Leave out the brand before a firm that begins with it, and what stands behind a firm or a carrier."""
    brand, *firms = _BEHIND_BRAND.split(name, maxsplit=1)
    if firms and is_firm(firms[0]) and firms[0].casefold().startswith(f"{brand} ".casefold()):
        name = firms[0]
    if (vehicle := _VEHICLE.search(name)) and (is_firm(name[: vehicle.start()]) or not is_firm(vehicle[0])):
        name = name[: vehicle.start()]
    firm = _FIRM_AND_MORE.fullmatch(name) if is_firm(name) else None
    if firm and not is_firm(name[firm.end("firm") :]):
        name = firm["firm"]
    return name
