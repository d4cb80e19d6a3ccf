"""Medical reports; the patients are invented."""

# ruff: noqa: RUF001 -- letters use the typographer's signs

from making.facts import Facts
from making.sample import Sample
from making.stationery import House, Letter

HEART_VALUES = (
    ("Hämoglobin", "13,8", "g/dl", "13,5–17,5"),
    ("Kreatinin", "1,21", "mg/dl", "0,70–1,20"),
    ("Kalium", "4,3", "mmol/l", "3,5–5,1"),
    ("LDL-Cholesterin", "148", "mg/dl", "unter 70"),
    ("HbA1c", "6,1", "%", "unter 6,0"),
    ("Troponin T hs", "22", "ng/l", "unter 14"),
    ("NT-proBNP", "410", "ng/l", "unter 125"),
    ("TSH", "1,9", "mU/l", "0,4–4,0"),
)

HEART_DRUGS = (
    ("Acetylsalicylsäure 100 mg", "1", "0", "0", "dauerhaft"),
    ("Ticagrelor 90 mg", "1", "0", "1", "12 Monate"),
    ("Bisoprolol 2,5 mg", "1", "0", "0", "dauerhaft"),
    ("Ramipril 5 mg", "1", "0", "0", "dauerhaft"),
    ("Atorvastatin 80 mg", "0", "0", "1", "dauerhaft"),
)


def arztbrief_kardiologie() -> Sample:
    """Write a discharge letter over two pages, German."""
    facts = Facts("de", "dotted")
    physician = facts.text("physician", "Dr. med. Ulrike Schäfer")
    house = House(
        facts.text("facility", "Herzzentrum Weserbogen"),
        ("Am Deich 60", "28199 Bremen"),
        colour="#8c1c3a",
        slogan="Klinik für Kardiologie und Angiologie",
        contact=("Chefarzt: Prof. Dr. Henning Brüggemann", "Station 4B, Telefon 0421 5550-440"),
        footer=(
            ("Herzzentrum Weserbogen gGmbH", "Am Deich 60, 28199 Bremen"),
            ("Ambulanz: 0421 5550-400", "kardiologie@weserbogen.example"),
        ),
        mark="crest",
    )
    patient = facts.text("patient_name", "Wilhelm Tönnies")
    letter = Letter(
        house,
        f"Arztbrief {patient}",
        (
            "Hausarztpraxis",
            facts.text("referring_physician", "Dr. med. Jürgen Kröger"),
            "Schwachhauser Ring 15",
            "28209 Bremen",
        ),
        (("Datum", facts.date("report_date", "2026-01-20")), ("Fallnummer", facts.text("case_number", "26-003318"))),
    )
    letter.subject("Entlassungsbericht")
    letter.say(
        "Sehr geehrter Herr Kollege Kröger,",
        f"wir berichten über Ihren Patienten <b>{patient}</b>, geboren am {facts.date('birth_date', '1957-09-03')}, "
        f"der vom {facts.date('admission_date', '2026-01-13')} bis zum {facts.date('discharge_date', '2026-01-20')} in "
        "unserer stationären Behandlung war.",
    )
    letter.heading("Diagnosen")
    diagnosis = facts.text("diagnosis", "Akuter Myokardinfarkt ohne ST-Hebung (NSTEMI)")
    letter.say(
        f"<b>{diagnosis}</b>, ICD-10: {facts.text('icd_code', 'I21.4')}<br/>Koronare Zweigefäßerkrankung<br/>"
        "Arterielle Hypertonie<br/>Hypercholesterinämie",
    )
    _add_course(letter)
    letter.heading("Laborwerte bei Aufnahme")
    letter.table(("Wert", "Ergebnis", "Einheit", "Referenz"), HEART_VALUES, (60, 30, 30, 43), "lrll")
    letter.heading("Medikation bei Entlassung")
    letter.table(("Wirkstoff", "morgens", "mittags", "abends", "Dauer"), HEART_DRUGS, (60, 22, 22, 22, 37), "lrrrl")
    letter.heading("Empfehlung")
    letter.say(
        "Wir bitten um Kontrolle von Blutdruck, Kreatinin und LDL in vier Wochen; Zielwert LDL unter 55 mg/dl. Eine "
        "Anschlussheilbehandlung ist ab dem 02.02.2026 vereinbart. Die doppelte Plättchenhemmung darf in den nächsten "
        "zwölf Monaten nicht unterbrochen werden.",
    )
    letter.signature("Mit freundlichen kollegialen Grüßen", physician, "Oberärztin")
    return Sample("arztbrief_kardiologie.pdf", letter.pdf(), "medical_report", facts, ("Herz", "Stent"))


def _add_course(letter: Letter) -> None:
    letter.heading("Anamnese und Aufnahmebefund")
    letter.say(
        "Herr Tönnies stellte sich mit seit vier Stunden bestehendem Druck hinter dem Brustbein und Ausstrahlung in "
        "den linken Arm vor. Er raucht seit zwei Jahren nicht mehr. Blutdruck 158/92 mmHg, Puls 88/min, Lunge frei, "
        "keine Ödeme. Im EKG ST-Senkungen in V3 bis V6.",
    )
    letter.heading("Verlauf")
    letter.say(
        "Die Herzkatheteruntersuchung am Aufnahmetag zeigte eine hochgradige Enge des Ramus interventricularis "
        "anterior, die mit einem medikamentenbeschichteten Stent versorgt wurde. Die Echokardiographie ergab eine "
        "leicht eingeschränkte Pumpfunktion (EF 48 %). Der weitere Verlauf war ohne Komplikationen; der Patient ging "
        "beschwerdefrei nach Hause.",
    )


def medical_report_knee() -> Sample:
    """Write an orthopaedic clinic's letter, English."""
    facts = Facts("en", "long_en", "£")
    physician = facts.text("physician", "Dr Fiona MacAllister")
    house = House(
        facts.text("facility", "Glenburn Orthopaedic Clinic"),
        ("11 Abbey Terrace", "Perth PH1 9ZZ"),
        colour="#1c6e7d",
        contact=("Outpatients 01632 960221", "letters@glenburn-clinic.example"),
        footer=(
            ("Glenburn Orthopaedic Clinic", "11 Abbey Terrace, Perth PH1 9ZZ"),
            ("In confidence: for the addressee", "and the patient only"),
        ),
        mark="crest",
        folds=False,
    )
    letter = Letter(
        house,
        "Clinic letter",
        (facts.text("referring_physician", "Dr Rajan Patel"), "Almondbank Surgery", "4 Station Road", "Perth PH1 3ZZ"),
        (
            ("Date of report", facts.date("report_date", "2026-03-11")),
            ("Clinic no.", facts.text("case_number", "GB-20714")),
        ),
        "Page",
    )
    letter.subject("Outpatient report")
    patient = facts.text("patient_name", "Eleanor Whitcombe")
    letter.pairs(
        (
            ("Patient", f"<b>{patient}</b>"),
            ("Date of birth", facts.date("birth_date", "1979-06-25")),
            ("Examined on", facts.date("admission_date", "2026-03-09")),
            ("Diagnosis", facts.text("diagnosis", "Tear of the medial meniscus, right knee")),
        )
    )
    letter.say(
        "Dear Dr Patel,",
        "Thank you for referring Mrs Whitcombe, who twisted her right knee while skiing six weeks ago. She reports "
        "pain on stairs and a catching feeling when she turns. There is no locking and no fever.",
        "<b>Findings:</b> small effusion, full extension, flexion to 120 degrees, tenderness over the medial joint "
        "line, McMurray’s test positive. The ligaments are stable. The MRI scan of 4 March shows a horizontal tear of "
        "the posterior horn.",
        "<b>Plan:</b> physiotherapy twice a week for eight weeks and ibuprofen 400 mg when needed. We discussed "
        "arthroscopy and agreed to wait. I shall see her again on 13 May 2026.",
    )
    letter.signature("Yours sincerely", physician, "Consultant orthopaedic surgeon")
    return Sample("medical_report_knee.pdf", letter.pdf(), "medical_report", facts, ("knee", "physiotherapy"))


def befund_radiologie() -> Sample:
    """Write a radiologist's report as plain text in UTF-8, German."""
    facts = Facts("de", "dotted")
    text = f"""{facts.text("facility", "Radiologie am Stadtwall")}
Gemeinschaftspraxis, Wallgasse 2, 48143 Münster

BEFUND VOM {facts.date("report_date", "2026-10-29")}

Patientin:      {facts.text("patient_name", "Hannelore Dückers")}
Geburtsdatum:   {facts.date("birth_date", "1948-12-17")}
Untersuchung:   Röntgen Thorax in zwei Ebenen am {facts.date("admission_date", "2026-10-28")}
Zuweiser:       {facts.text("referring_physician", "Dr. med. Erwin Möllers")}, Münster

Fragestellung: Husten und Fieber seit fünf Tagen, Infiltrat?

Befund: Flächige Verschattung im rechten Unterfeld mit positivem Bronchopneumogramm.
Kein Pleuraerguss. Herz nicht vergrößert, Mediastinum mittelständig. Mäßige degenerative
Veränderungen der Brustwirbelsäule. Kein Nachweis eines Rundherdes.

Diagnose: {facts.text("diagnosis", "Unterlappenpneumonie rechts")} (ICD-10 {facts.text("icd_code", "J18.1")})

Empfehlung: Antibiotische Behandlung durch den Hausarzt, Kontrollaufnahme in sechs Wochen,
um eine vollständige Rückbildung zu belegen.

{facts.text("physician", "Dr. med. Sönke Lührs")}
Facharzt für Radiologie
"""
    return Sample("befund_radiologie.txt", text.encode(), "medical_report", facts, ("Röntgen", "Pneumonie"))


SAMPLES = (arztbrief_kardiologie, medical_report_knee, befund_radiologie)
