"""What log-probabilities say of an answer."""

import json
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers.calibration import MOST_MARGIN, ClassSignals
from services.answers.confidence import LEAST_CLASS, class_logprobs, class_signals, member_logprobs

Alternatives = Sequence[tuple[str, float]]


def numbered(*pieces: str) -> list[tuple[str, float]]:
    return [(piece, -float(number)) for number, piece in enumerate(pieces)]


def test_a_members_tokens_are_those_that_hold_a_character_of_its_value() -> None:
    tokens = numbered("{", '"a', '":"', "x", "y", '","', "b", '":"', "z", '"}')
    assert member_logprobs('{"a":"xy","b":"z"}', tokens) == {"a": [-3, -4], "b": [-8]}


def test_a_token_that_straddles_the_quote_counts_and_one_of_quotes_alone_does_not() -> None:
    tokens = numbered('{"a":', '"x', 'y","b', '":"', 'z"', "}")
    assert member_logprobs('{"a":"xy","b":"z"}', tokens) == {"a": [-1, -2], "b": [-4]}


def test_an_empty_string_is_its_closing_quote() -> None:
    assert member_logprobs('{"a":""}', numbered('{"a":', '"', '"', "}")) == {"a": [-2]}


def test_values_other_than_strings_and_white_space_are_understood() -> None:
    text = ' { "a" : 12 , "b" : [1, {"c": 2}] }'
    assert member_logprobs(text, [(sign, float(at)) for at, sign in enumerate(text)]) == {
        "a": [float(text.index("12")), float(text.index("12") + 1)],
        "b": [float(at) for at in range(text.index("["), text.index("]") + 1)],
    }


def test_a_special_token_at_the_end_does_no_harm_and_an_empty_one_counts_for_nothing() -> None:
    assert member_logprobs('{"a":"xy"}', numbered('{"a":"', "x", "", "y", '"}', "<|im_end|>")) == {"a": [-1, -3]}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ('{"a":"€"}', ['{"a":"', "\ufffd", "\ufffd", '"}']),
        ('{"a":"x"}', ["<s>", '{"a":"x"}']),
        ('{"a":"x"}', ['{"a":"']),
        ('{"a":"x"}', []),
        ('{"a":"x', ['{"a":"x']),
        ('{"a":"x"', ['{"a":"x"']),
        ('{"a":"x" "b":"y"}', ['{"a":"x" "b":"y"}']),
        ('{"a"', ['{"a"']),
        ("{", ["{"]),
        ("[1]", ["[1]"]),
        ('["a":"x"}', ['["a":"x"}']),
        ("", []),
        ('{"a":' + "[" * 100_000, ['{"a":' + "[" * 100_000]),
    ],
)  # fmt: skip
def test_nothing_is_known_where_the_tokens_or_the_object_are_broken(text: str, pieces: list[str]) -> None:
    assert member_logprobs(text, numbered(*pieces)) == {}


@given(
    answer=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=5),
    escaped=st.booleans(),
    data=st.data(),
)
def test_any_split_into_tokens_gives_each_value_the_tokens_that_overlap_it(
    answer: dict[str, str], data: st.DataObject, *, escaped: bool
) -> None:
    separators = data.draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    text = json.dumps(answer, separators=separators, ensure_ascii=escaped)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=30)))
    bounds = list(zip([0, *cuts], [*cuts, len(text)], strict=True))
    tokens = [(text[start:end], float(number)) for number, (start, end) in enumerate(bounds)]

    at, expected = 1, {}
    for name, value in answer.items():
        at += len(json.dumps(name, ensure_ascii=escaped)) + len(separators[1])
        length = len(json.dumps(value, ensure_ascii=escaped))
        start, end = (at + 1, at + length - 1) if value else (at + 1, at + 2)
        expected[name] = [
            float(number) for number, (low, high) in enumerate(bounds) if low < high and low < end and high > start
        ]
        at += length + len(separators[0])
    assert member_logprobs(text, tokens) == expected


TYPES = ["invoice", "invoice_copy", "payment_reminder", "other"]
ANSWERED = '{"document_type":"invoice"}'


def chosen(first: Alternatives = (), last: Alternatives = ()) -> list[tuple[str, float, Alternatives]]:
    pieces = [('{"document_type":"', 0.0, ()), ("inv", math.log(0.6), first), ("oice", 0.0, ())]
    return [*pieces, ('"}', math.log(0.9), last)]


def logprobs(first: Alternatives = (), last: Alternatives = ()) -> dict[str, float]:
    return class_logprobs(ANSWERED, "document_type", chosen(first, last), TYPES)


def test_a_type_has_the_probability_of_the_likeliest_token_that_leads_to_it() -> None:
    found = logprobs([("in", math.log(0.05)), ("pay", math.log(0.3)), ("oth", math.log(0.02))])
    assert found["invoice"] == pytest.approx(math.log(0.54))
    assert found["payment_reminder"] == pytest.approx(math.log(0.3))
    assert found["other"] == pytest.approx(math.log(0.02))
    assert found["invoice_copy"] == pytest.approx(math.log(0.05))


def test_a_type_whose_name_goes_on_after_the_chosen_one_counts_too() -> None:
    found = logprobs([("pay", math.log(0.01))], [("_copy", math.log(0.1))])
    assert found["invoice_copy"] == pytest.approx(math.log(0.06))


def test_types_to_which_one_token_leads_share_its_probability() -> None:
    names = ["invoice", "public_notice", "purchase_order"]
    found = class_logprobs(ANSWERED, "document_type", chosen([("pu", math.log(0.3))]), names)
    assert found["public_notice"] == found["purchase_order"] == pytest.approx(math.log(0.15))


def test_a_type_that_no_token_leads_to_is_unlikely_and_another_way_to_write_the_chosen_one_is_none() -> None:
    found = class_logprobs(ANSWERED, "document_type", chosen([("invo", math.log(0.3))]), ["invoice", "other"])
    assert found == {"invoice": pytest.approx(math.log(0.54)), "other": LEAST_CLASS}


def test_without_alternatives_the_others_share_what_is_left_and_without_tokens_nothing_is_known() -> None:
    found = logprobs()
    assert sum(map(math.exp, found.values())) == pytest.approx(1)
    assert found["other"] == found["invoice_copy"] == found["payment_reminder"]
    assert class_logprobs(ANSWERED, "document_type", [], TYPES) == {}
    assert class_logprobs(ANSWERED, "document_type", [("<s>", 0.0, ()), *chosen()], TYPES) == {}


def test_signals_are_the_first_type_and_its_distance_from_the_second() -> None:
    assert class_signals({"a": -2.0, "b": -0.5, "c": -1.0}) == ClassSignals(-0.5, 0.5)
    assert class_signals({"a": -0.1}) == ClassSignals(-0.1, MOST_MARGIN)
    assert class_signals({}) == ClassSignals()
