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
    "name",
    [
        "POSTKORB_MODEL",
        "postkorb_review_below",
        "POSTKORB_DB_PASSWORD",
        "POSTKORB_INTAKE_SERVICE_HOST",
        "POSTKORB_INTAKE_SERVICE_PORT_HTTP",
        "POSTKORB_INTAKE_PORT",
        "POSTKORB_INTAKE_PORT_8080_TCP_ADDR",
    ],
)
def test_settings_and_what_others_call_alike_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    assert unknown_settings() == []
