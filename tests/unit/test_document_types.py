"""Document types as data: what loads, what replaces what, and how a wrong file is refused."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from schemas import document_types
from schemas.document_types import (
    OTHER,
    DocumentTypeError,
    DocumentTypes,
    FieldDefinition,
    Kind,
    Role,
    load_document_types,
)
from services.answers.candidates import Candidates
from services.answers.headings import SelfDescriptions
from services.answers.review import review

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"

SHIPPED = [
    "complaint",
    "contract",
    "delivery_note",
    "invoice",
    "job_application",
    "medical_report",
    "payment_reminder",
    "public_notice",
    "purchase_order",
    OTHER,
]


def wording(text: str) -> dict[str, str]:
    return {"de": text, "en": text}


def a_field(**changes: Any) -> dict[str, Any]:
    return {"name": "number", "label": wording("Number"), "description": wording("Its number")} | changes


def a_type(**changes: Any) -> dict[str, Any]:
    plain = {"name": "permit", "version": 1, "view": "permits", "fields": [a_field()]}
    return plain | {"title": wording("Permit"), "description": wording("A permit")} | changes


def a_rule(**changes: Any) -> dict[str, Any]:
    return {"name": "some", "check": "amount > 0", "fields": ["amount"], "message": wording("Nothing.")} | changes


def with_rules(*rules: dict[str, Any]) -> dict[str, Any]:
    fields = [a_field(), a_field(name="amount", kind="money"), a_field(name="day", kind="date")]
    return {"fields": fields, "rules": list(rules)}


def write(folder: Path, definition: dict[str, Any]) -> Path:
    path = folder / f"{definition['name']}.yaml"
    path.write_text(yaml.safe_dump(definition, allow_unicode=True), encoding="utf-8")
    return path


def refusal(folder: Path) -> str:
    """Give the message with which the folder's types are refused, without the folder's own name."""
    with pytest.raises(DocumentTypeError) as caught:
        load_document_types(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{folder}/", "")


def test_ten_types_ship_and_other_comes_last() -> None:
    assert list(load_document_types()) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED[:-1])
def test_a_shipped_type_is_small_enough_for_a_small_model(name: str) -> None:
    shipped = load_document_types()[name]
    assert 5 <= len(shipped.fields) <= 12
    assert 2 <= len(shipped.key_fields) <= 3
    assert any(field.required for field in shipped.fields)
    wordings = [field.description for field in shipped.fields]
    assert all(len(one) <= 60 for pair in wordings for one in (pair.de, pair.en))


def test_no_two_shipped_types_share_a_description() -> None:
    described = [one.description.en for one in load_document_types().values()]
    assert len(set(described)) == len(described)


def test_a_new_type_needs_no_code(tmp_path: Path) -> None:
    write(tmp_path, a_type())
    types = load_document_types(tmp_path)
    assert types["permit"].view == "permits"
    assert list(types)[-1] == OTHER


def test_a_later_folder_replaces_a_type_of_the_same_name(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder, version in ((ours, 7), (theirs, 8)):
        folder.mkdir()
        write(folder, a_type(name="invoice", view="invoices", version=version))
    assert load_document_types(ours)["invoice"].version == 7
    assert load_document_types(ours, theirs)["invoice"].version == 8


def test_the_fingerprint_changes_with_any_definition(tmp_path: Path) -> None:
    write(tmp_path, a_type())
    before = load_document_types(tmp_path).fingerprint
    assert before == load_document_types(tmp_path).fingerprint
    write(tmp_path, a_type(version=2))
    assert before != load_document_types(tmp_path).fingerprint


def test_a_type_may_say_how_its_documents_name_themselves_and_their_values(tmp_path: Path) -> None:
    fields = [
        a_field(kind="reference", of_document=True, synonyms=["Permit no"], unlike=["old"]),
        a_field(name="issued", kind="date", of_document=True),
        a_field(name="order", kind="reference", needs_label=True),
        a_field(name="office", kind="name", role="sender", is_party=True),
        a_field(name="clerk", kind="name", role="signatory"),
    ]
    write(tmp_path, a_type(fields=fields, headings=["-erlaubnis", "Permit"], phrases=["hereby permit", "§ 1"]))
    permit = load_document_types(tmp_path)["permit"]
    assert permit.headings == ("-erlaubnis", "Permit")
    assert [field.name for field in permit.fields if field.of_document] == ["number", "issued"]
    assert [field.role for field in permit.fields][3:] == [Role.SENDER, Role.SIGNATORY]


def test_the_words_of_a_type_are_not_in_the_schema_of_its_answer(tmp_path: Path) -> None:
    schema = load_document_types()["invoice"].answer_schema(300)
    write(tmp_path, a_type(headings=["Permit"], phrases=["hereby"], fields=[a_field(kind="name", role="sender")]))
    permit = load_document_types(tmp_path)["permit"].answer_schema(300)
    assert "Rechnung" not in str(schema)
    assert "hereby" not in str(permit)


def test_rules_over_values_and_over_missing_ones_load(tmp_path: Path) -> None:
    over_missing = a_rule(name="other", check="amount is None or amount > 0", over_missing=True)
    write(tmp_path, a_type(**with_rules(a_rule(check="1 / (amount - amount + 1) > 0"), over_missing)))
    assert [rule.name for rule in load_document_types(tmp_path)["permit"].rules] == ["some", "other"]


def test_yaml_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "permit.yaml").write_text("name: permit\nfields: ]\nphrases: []", encoding="utf-8")
    message = refusal(tmp_path)
    assert message.startswith("permit.yaml: not YAML:")
    assert "line 2" in message


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"fields": [a_field(kind="colour")]}, "fields.0.kind: Input should be 'text', 'money',"),
        ({"fields": [a_field(), a_field()]}, "type permit: two fields have the same name"),
        (
            {"fields": [a_field(choices=["yes", "no"])]},
            "fields.0: field number: `choices` belongs to kind `choice`, and that kind needs it",
        ),
        (
            {"fields": [a_field(kind="choice")]},
            "fields.0: field number: `choices` belongs to kind `choice`, and that kind needs it",
        ),
        ({"key_fields": ["colour"]}, "type permit: key_fields names colour, which is no field"),
        ({"fields": [a_field(name="status")]}, "type permit: a field may not be named status"),
        ({"view": "Permits; --"}, "view: String should match pattern"),
        ({"fields": [a_field(max_length=4000)]}, "fields.0.max_length: Input should be less than"),
        ({"fields": [a_field(colour="red")]}, "fields.0.colour: Extra inputs are not permitted"),
        (
            {"fields": [a_field(kind="choice", choices=["yes", "yes"])]},
            "fields.0: field number: two choices are the same",
        ),
        ({"fields": [a_field(kind="choice", choices=["", "no"])]}, "fields.0.choices.0: String should match pattern"),
        ({"fields": [a_field(kind="choice", choices=["a\nb"])]}, "fields.0.choices.0: String should match pattern"),
        ({"fields": [a_field(kind="choice", choices=["x" * 81])]}, "fields.0.choices.0: String should match pattern"),
        ({"fields": [a_field(role="sender")]}, "fields.0: field number: `role` belongs to kind `name`"),
        ({"fields": [a_field(kind="address", role="recipient")]}, "field number: `role` belongs to kind `name`"),
        ({"fields": [a_field(kind="name", role="author")]}, "fields.0.role: Input should be 'sender', 'recipient' or"),
        ({"fields": [a_field(kind="text", is_party=True)]}, "field number: `is_party` belongs to kind `name`"),
        (
            {"fields": [a_field(kind="money", of_document=True)]},
            "fields.0: field number: `of_document` belongs to kind `date` or `reference`",
        ),
        (
            {"fields": [a_field(name=name, kind="date", of_document=True) for name in ("issued", "sent")]},
            "type permit: issued, sent are `of_document`, and there is one date of it",
        ),
        (
            {"fields": [a_field(name=name, kind="reference", of_document=True) for name in ("one", "two")]},
            "type permit: one, two are `of_document`, and there is one reference of it",
        ),
        (
            {"fields": [a_field(kind="choice", choices=["yes", "no"], needs_label=True)]},
            "fields.0: field number: `needs_label` is for what stands in the document, and a choice need not",
        ),
        ({"headings": ["-"]}, "headings.0: String should match pattern"),
        ({"headings": [" Permit"]}, "headings.0: String should match pattern"),
        ({"phrases": ["x" * 61]}, "phrases.0: String should match pattern"),
        ({"headings": ["Permit"] * 201}, "headings: Tuple should have at most 200 items"),
        ({"fields": [a_field(synonyms=["x"])]}, "fields.0.synonyms.0: String should have at least 2 characters"),
        (with_rules(a_rule(check="amount > total_due")), "rule some: total_due is no field or table"),
        (with_rules(a_rule(fields=["total_due"])), "rule some: total_due is no field or table"),
        (with_rules(a_rule(check="near == amount")), "rule some: near is no field or table"),
        (with_rules(a_rule(check="amount > __class__")), "rule some: __class__ is no field or table"),
        (with_rules(a_rule(check="amount >")), "rule some: `amount >`: it cannot be read: invalid syntax"),
        (with_rules(a_rule(check="amount.real > 0")), "`amount.real > 0`: Attribute is not allowed in a rule"),
        (
            with_rules(a_rule(check="open(number) > 0")),
            "only abs, count, days, near, one_of, same_name, total may be called",
        ),
        (with_rules(a_rule(check="amount > day")), "`amount > day`: it cannot be computed: '>' not supported"),
        (with_rules(a_rule(check="amount + 1")), "`amount + 1`: it gives no truth: compare something"),
        (
            with_rules(a_rule(over_missing=True)),
            "permit.yaml: type permit: rule some: `amount > 0` without amount: it cannot be computed",
        ),
        (
            with_rules(a_rule(check="amount is None or day >= day and amount > 0", over_missing=True)),
            "rule some: `amount is None or day >= day and amount > 0` without day: it cannot be computed",
        ),
        (with_rules(a_rule(), a_rule()), "type permit: two rules are named some"),
    ],
)
def test_a_wrong_definition_is_refused_with_one_clear_line(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    write(tmp_path, a_type(**changes))
    message = refusal(tmp_path)
    assert message.startswith("permit.yaml: ")
    assert complaint in message


@pytest.mark.parametrize("view", ["invoices", "results"])
def test_a_view_that_is_taken_is_refused(tmp_path: Path, view: str) -> None:
    write(tmp_path, a_type(view=view))
    assert refusal(tmp_path).startswith(f"view `{view}` is used by two types or by Postkorb itself")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(DocumentTypeError, match="nowhere: no such folder of document types"):
        load_document_types(missing)


def test_types_without_other_are_refused() -> None:
    shipped = load_document_types()
    with pytest.raises(DocumentTypeError, match="no type named `other`"):
        DocumentTypes([shipped["invoice"]])


def test_more_types_than_fit_into_a_prompt_are_refused(tmp_path: Path) -> None:
    for index in range(document_types.MAX_TYPES):
        write(tmp_path, a_type(name=f"permit_{index}", view=f"permits_{index}"))
    assert "at most 60 fit into one prompt" in refusal(tmp_path)


@pytest.mark.parametrize("name", SHIPPED)
def test_an_answer_schema_requires_every_member_and_bounds_every_string(name: str) -> None:
    schema = load_document_types()[name].answer_schema(300)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["required"] == list(schema["properties"])
    assert schema["required"][-1] == "summary"
    assert schema["additionalProperties"] is False
    assert all(one["maxLength"] <= 400 for one in schema["properties"].values())


def test_a_choice_may_be_left_empty_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, a_type(fields=[a_field(kind="choice", choices=["new", "renewed"])]))
    schema = load_document_types(tmp_path)["permit"].answer_schema(300)
    assert schema["properties"]["number"] == {"enum": ["new", "renewed", ""]}


def test_the_classification_may_answer_only_with_a_configured_type() -> None:
    schema = load_document_types().class_schema()
    jsonschema.validate({"document_type": "invoice"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"document_type": "poem"}, schema)


@pytest.mark.parametrize(
    ("kind", "column"),
    [(Kind.MONEY, "numeric"), (Kind.PERCENTAGE, "numeric"), (Kind.DATE, "date"), (Kind.IBAN, "text")],
)
def test_a_kind_knows_its_column(kind: Kind, column: str) -> None:
    assert kind.column == column


def test_the_example_of_the_how_to_on_types_gives_the_values_that_the_page_says(tmp_path: Path) -> None:
    page = (HOW_TO / "document-types.md").read_text("utf-8")
    example, letter = (page.split(f"```{block}\n")[1].split("```")[0] for block in ("yaml", "text"))
    (tmp_path / "parking_permit.yaml").write_text(example, "utf-8")
    types = load_document_types(tmp_path)
    permit = types["parking_permit"]
    said = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \| [^|]+\|$", page, re.MULTILINE))
    assert set(said) == {field.name for field in permit.fields}
    found = review(permit, [], Candidates([letter], "de"), "de").fields
    assert {answer.path: answer.value for answer in found} == said
    for key, lost in (("of_document", {"permit_number", "issue_date"}), ("unlike", {"fee"})):
        fields = [field.model_copy(update={key: FieldDefinition.model_fields[key].default}) for field in permit.fields]
        without = permit.model_copy(update={"fields": tuple(fields)})
        assert (
            set(said) - {answer.path for answer in review(without, [], Candidates([letter], "de"), "de").fields} == lost
        )
    described = SelfDescriptions(types).of([letter])
    assert max(described, key=lambda name: described[name].heading) == "parking_permit"


def test_the_how_to_on_types_names_every_key_and_every_kind() -> None:
    page = (HOW_TO / "document-types.md").read_text("utf-8")
    keys = {*FieldDefinition.model_fields, "headings", "phrases"} - {"name", "description", "max_length", "required"}
    assert all(f"`{key}`" in page for key in [*keys, *Kind, *Role])


def test_the_example_of_the_how_to_on_rules_loads_and_its_mistake_is_refused_as_it_says(tmp_path: Path) -> None:
    page = (HOW_TO / "rules.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "service_report.yaml"
    path.write_text(example, "utf-8")
    rules = load_document_types(tmp_path)["service_report"].rules
    assert len(rules) == 4
    path.write_text(example.replace(rules[1].check, "next_visit > total"), "utf-8")
    assert f"\npostkorb: types/{refusal(tmp_path)}\n" in page
