from pathlib import Path

import pytest

from services.settings import unknown_settings


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no `.env`


def test_a_name_that_is_nearly_a_settings_is_named_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTKORB_REVEIW_BELOW", "0.5")
    assert unknown_settings() == [
        "POSTKORB_REVEIW_BELOW is no setting, and changes nothing; POSTKORB_REVIEW_BELOW is one"
    ]


def test_a_setting_that_was_one_is_said_to_change_nothing_in_the_file_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTKORB_BATCHES_IN_FLIGHT=3\nPOSTKORB_MODEL=x\nOTHER=1\n", "utf-8")
    assert unknown_settings() == ["POSTKORB_BATCHES_IN_FLIGHT is no setting, and changes nothing"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTKORB_MODEL", "x"),
        ("postkorb_review_below", "0.5"),
        ("POSTKORB_DB_PASSWORD", "geheim"),
        ("POSTKORB_INTAKE_SERVICE_HOST", "10.0.0.1"),
        ("POSTKORB_INTAKE_SERVICE_PORT_HTTP", "8080"),
        ("POSTKORB_INTAKE_PORT", "tcp://10.0.0.1:8080"),
        ("POSTKORB_INTAKE_PORT_8080_TCP_ADDR", "10.0.0.1"),
    ],
)
def test_settings_and_what_others_call_alike_are_left_alone(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert unknown_settings() == []


@pytest.mark.parametrize("name", ["POSTKORB_HELTH_PORT", "POSTKORB_DB_URL"])
def test_what_only_looks_like_anothers_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "8080")
    (sentence,) = unknown_settings()
    assert sentence.startswith(f"{name} is no setting")


def test_a_file_that_nobody_can_read_is_for_whoever_reads_a_setting(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"POSTKORB_MODEL=\xff\xfe\n")
    assert unknown_settings() == []
