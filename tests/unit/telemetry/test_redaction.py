import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AnyUrl, BaseModel, SecretBytes, SecretStr

from services.telemetry.redaction import HIDDEN, redact, redact_text


class Settings(BaseModel):
    database_url: str
    key: SecretStr


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://app:s3cret@db:5432/postkorb", f"postgresql://app:{HIDDEN}@db:5432/postkorb"),
        ("two: a://u:s3cret@h and b://v:s3cret@i", f"two: a://u:{HIDDEN}@h and b://v:{HIDDEN}@i"),
        ("redis://:s3cret@cache/0", f"redis://:{HIDDEN}@cache/0"),
        ("postgresql://app:s3@cret@db/x", f"postgresql://app:{HIDDEN}@db/x"),
        ("host=db password=s3cret user=app", f"host=db password={HIDDEN} user=app"),
        ("http://h/?sslpassword=s3cret&a=b", f"http://h/?sslpassword={HIDDEN}&a=b"),
    ],
)
def test_a_password_in_a_text_is_hidden_and_the_rest_is_not(text: str, shown: str) -> None:
    assert redact_text(text) == shown


@pytest.mark.parametrize(
    "text", ["http://collector:4318/v1/traces", "ask mail@example.org at 10:30", "prompt_tokens=12"]
)
def test_what_holds_no_password_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


PASSWORDS = st.characters(codec="ascii", categories=["L", "N", "P"], exclude_characters='<>"')


@given(st.text(PASSWORDS, min_size=1, max_size=60))
def test_no_password_of_a_url_survives(password: str) -> None:
    shown = f"postgresql://app:{HIDDEN}@db/postkorb"
    assert redact_text(f"postgresql://app:{password}@db/postkorb") == shown


def test_secrets_are_hidden_however_deep_they_are() -> None:
    url = AnyUrl("https://me:s3cret@host/")
    settings = Settings(database_url="postgresql://app:s3cret@db/x", key=SecretStr("s3cret"))
    event = {
        "secret": SecretStr("s3cret"),
        "list": [SecretBytes(b"s3cret"), {"url": url}],
        "settings": settings,
        "error": ConnectionError("no route to postgresql://app:s3cret@db/x"),
    }
    assert "s3cret" not in str(redact(event))
    assert redact(event)["secret"] == HIDDEN


def test_plain_values_stay_what_they_are() -> None:
    event = {"count": 3, "ratio": 0.5, "whole": True, "nothing": None, "names": ["a", "b"]}
    assert redact(event) == event
