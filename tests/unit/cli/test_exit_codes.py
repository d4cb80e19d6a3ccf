"""What an error means to whoever started the process: restart it, or set something right first."""

import os
import sys

import pytest
import typer

from services.cli import main
from services.inference.engines.canary import CanaryError
from services.inference.engines.port import AdapterRefusedError, EngineAwayError, ModelNotOfferedError
from services.settings import SettingsError
from services.storage.errors import DatabaseUnreachableError, DataRefusedError, SchemaMismatchError


def _end_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr(sys.modules[main.__module__], "app", fails)
    main()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("wrong"), os.EX_CONFIG),
        (SchemaMismatchError("wrong"), os.EX_CONFIG),
        (DatabaseUnreachableError("away"), os.EX_UNAVAILABLE),
        (EngineAwayError("away"), os.EX_UNAVAILABLE),
        (ModelNotOfferedError("another model"), os.EX_CONFIG),
        (CanaryError("mixed up"), os.EX_CONFIG),
        (AdapterRefusedError("not taken"), os.EX_CONFIG),
    ],
)
def test_an_expected_error_has_its_code(monkeypatch: pytest.MonkeyPatch, error: Exception, code: int):
    with pytest.raises(SystemExit) as ended:
        _end_with(monkeypatch, error)
    assert ended.value.code == code


def test_a_value_that_the_database_refuses_is_no_wrong_setting_but_an_ordinary_crash(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(DataRefusedError):
        _end_with(monkeypatch, DataRefusedError("refused"))


def test_a_name_that_is_no_setting_is_said_before_the_command_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTKORB_MODLE", "x")
    monkeypatch.setattr(sys.modules[main.__module__], "app", lambda: typer.echo("done"))
    main()
    said = capsys.readouterr()
    assert said.out == "done\n", "programs read it"
    assert "POSTKORB_MODLE is no setting, and changes nothing; POSTKORB_MODEL is one" in said.err
