"""What must not start does not start, and says in one line what would be right."""

import os
from pathlib import Path

import asyncpg
import pytest
from e2e.conftest import MakeInstallation
from e2e.installation import SERVICES, Installation, ended

WRONG_SETTINGS = {
    "not a number": ({"MAX_SEQUENCES": "many"}, "POSTKORB_MAX_SEQUENCES"),
    "an unknown model": ({"ENGINE": "in-process", "MODEL": "no-such-model"}, "'no-such-model'"),
    "an engine without its servers": ({"ENGINE_URLS": ""}, "POSTKORB_ENGINE_URLS"),
    "a calibration that is not there": ({"CALIBRATION": "nowhere.json"}, "POSTKORB_CALIBRATION: nowhere.json"),
    "routes that are not there": ({"ROUTES": "nowhere.yaml"}, "POSTKORB_ROUTES: nowhere.yaml"),
    "another kind of database": ({"DATABASE_URL": "mysql://user:secret@host/database"}, "postgresql://"),
}


@pytest.mark.parametrize(("changes", "named"), WRONG_SETTINGS.values(), ids=list(WRONG_SETTINGS))
def test_a_wrong_setting_stops_the_start_with_one_line(
    installation: MakeInstallation, changes: dict[str, str], named: str
):
    here = installation()
    assert_refused(here, named, changes)


def test_a_broken_type_file_stops_the_start_with_one_line(installation: MakeInstallation, tmp_path: Path):
    (tmp_path / "parking_ticket.yaml").write_text("name: parking_ticket\nfields: [", "utf-8")
    assert_refused(installation(), "parking_ticket.yaml", {"TYPES_DIRS": str(tmp_path)})


def assert_refused(here: Installation, named: str, changes: dict[str, str]) -> None:
    done = here.run("up", **changes)
    assert done.returncode == os.EX_CONFIG
    assert len(done.stderr.splitlines()) == 1
    assert named in done.stderr
    assert "secret" not in done.stderr + done.stdout
    assert [path.name for path in here.data_dir.iterdir()] == ["kafka"], "something was started"


def test_a_second_up_on_the_same_data_folder_is_refused_and_names_the_first(stack: Installation):
    done = stack.run("up")
    assert done.returncode == os.EX_CONFIG
    (line,) = done.stderr.splitlines()
    assert str(stack.stack.pid) in line
    assert "postkorb down" in line
    assert stack.is_ready()


@pytest.fixture
async def elsewhere(stack: Installation, installation: MakeInstallation, prefix: str) -> Installation:
    """Services without servers of their own: on the broker that runs, and on an empty database."""
    name = f"test_{prefix[:8]}"
    connection = await asyncpg.connect(stack.database_url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    url = stack.database_url.rpartition("/")[0] + f"/{name}"
    return installation(DATABASE_URL=url, KAFKA_BOOTSTRAP_SERVERS=stack.stack.kafka_bootstrap_servers)


def test_services_refuse_an_empty_database_and_name_the_command(elsewhere: Installation):
    started = [elsewhere.start("run", service) for service in SERVICES]
    for process in started:
        done = ended(process)
        assert done.returncode == os.EX_CONFIG
        assert "postkorb db upgrade" in done.stderr.splitlines()[-1]


def test_a_service_refuses_an_older_schema_and_names_the_command(elsewhere: Installation):
    assert elsewhere.run("db", "upgrade").returncode == 0
    assert elsewhere.run("db", "downgrade", "0001").returncode == 0
    done = elsewhere.run("run", "relay")
    assert done.returncode == os.EX_CONFIG
    assert "revision 0001, older" in done.stderr
    assert "postkorb db upgrade" in done.stderr.splitlines()[-1]
