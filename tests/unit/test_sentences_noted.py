"""`make sentences`: the files of the corpus say which entries are right."""

from sentences import noted

BEFORE = """# About something.
right: 1
entries:
- {type: invoice, field: iban, expected: null, text: "a"}
- {type: invoice, field: iban, expected: "1", still_wrong: true, text: "b"}
- text: |
    c
  expected: "2"
"""
AFTER = """# About something.
right: 1
entries:
- {type: invoice, field: iban, expected: null, still_wrong: true, text: "a"}
- {type: invoice, field: iban, expected: "1", text: "b"}
- text: |
    c
  expected: "2"
  still_wrong: true
"""


def test_what_is_wrong_is_marked_what_is_right_is_not_and_those_are_counted() -> None:
    assert noted(BEFORE, [False, True, False]) == AFTER
    assert noted(AFTER, [False, True, False]) == AFTER
    assert noted(AFTER, [True, True, True]).count("still_wrong") == 0
