import shutil
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.topics import Topics
from services.local.broker import Broker
from services.local.child import ChildFailedError
from services.local.errors import LocalError
from services.local.jars import differences, fetch_broker, find_java, java_version, verify_jars
from services.local.reaper import descendants


async def create(bootstrap_servers: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()


async def topic_names(bootstrap_servers: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    names = await admin.list_topics()
    await admin.close()
    return list(names)


async def publish(bootstrap_servers: str, topic: str, value: bytes) -> None:
    limit = len(value) + 1024
    async with AIOKafkaProducer(bootstrap_servers=bootstrap_servers, max_request_size=limit, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def first_value(bootstrap_servers: str, topic: str) -> bytes | None:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", group_id="g")
    async with consumer:
        value: bytes | None = (await consumer.getone()).value
        return value


async def test_what_was_published_is_there_after_a_restart_on_other_ports(data_dir: Path, broker_jars: Path) -> None:
    with Broker(data_dir, broker_jars) as broker:
        former = broker.bootstrap_servers
        await create(former, "letters")
        await publish(former, "letters", b"Sehr geehrte Damen und Herren")
    identity = (data_dir / "kafka" / "data" / "meta.properties").read_text("utf-8")
    with Broker(data_dir, broker_jars) as broker:
        assert broker.bootstrap_servers != former
        assert await first_value(broker.bootstrap_servers, "letters") == b"Sehr geehrte Damen und Herren"
        await publish(broker.bootstrap_servers, "letters", b"again")
    assert (data_dir / "kafka" / "data" / "meta.properties").read_text("utf-8") == identity
    assert "Kafka Server started" in (data_dir / "logs" / "kafka.log").read_text("utf-8")


def test_a_broker_has_no_threads_that_compute_beside_its_work(data_dir: Path, broker_jars: Path) -> None:
    with Broker(data_dir, broker_jars) as broker:
        assert broker._child is not None
        [program] = descendants(broker._child.pid)
        threads = {thread.joinpath("comm").read_text("utf-8") for thread in Path(f"/proc/{program}/task").iterdir()}
    assert any(thread.startswith("C1 Compiler") for thread in threads)
    assert not [thread for thread in threads if thread.startswith(("C2 ", "G1 "))]


async def test_two_brokers_run_side_by_side(kafka: str, data_dir: Path, broker_jars: Path, topics: Topics) -> None:
    with Broker(data_dir, broker_jars) as other:
        await create(other.bootstrap_servers, "of-the-other")
        assert "of-the-other" in await topic_names(other.bootstrap_servers)
        assert topics.submitted in await topic_names(kafka)
        assert "of-the-other" not in await topic_names(kafka)


async def test_a_record_of_fifteen_mebibytes_passes(kafka: str, topics: Topics) -> None:
    value = b"x" * (15 * 1024 * 1024)
    await publish(kafka, topics.submitted, value)
    assert await first_value(kafka, topics.submitted) == value


def test_a_broker_that_cannot_start_says_where_its_log_is(data_dir: Path, tmp_path: Path) -> None:
    (data_dir / "kafka" / "data").mkdir(parents=True)
    (data_dir / "kafka" / "data" / "meta.properties").write_text("", "utf-8")
    with pytest.raises(ChildFailedError, match=r"kafka ended with exit code 1(.|\n)*kafka\.log"):
        Broker(data_dir, tmp_path).start()


def test_an_altered_jar_is_refused(broker_jars: Path, tmp_path: Path) -> None:
    libs = shutil.copytree(broker_jars, tmp_path / "kafka" / "libs")
    verify_jars(libs)
    with (libs / "kafka-clients-4.4.0.jar").open("ab") as jar:
        jar.write(b"!")
    with pytest.raises(LocalError, match=r"kafka-clients-4\.4\.0\.jar is altered"):
        fetch_broker(tmp_path, print)


def test_missing_unknown_and_altered_jars_are_named() -> None:
    present = {"a.jar": "1", "evil.jar": "2", "c.jar": "3"}
    lock = {"a.jar": "1", "b.jar": "2", "c.jar": "4"}
    assert differences(present, lock) == ["b.jar is missing", "evil.jar is unknown", "c.jar is altered"]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_392"', 1),
        ('openjdk version "25" 2025-09-16', 25),
        ("sh: java: weird", None),
    ],
)
def test_the_version_of_java_is_read(text: str, version: int | None) -> None:
    assert java_version(text) == version


def test_missing_java_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(LocalError, match=r"Java 17 or newer is missing; install it: apt-get install openjdk-17"):
        find_java()


def test_an_old_java_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "java").write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n", "utf-8")
    (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(LocalError, match="is Java 11; 17 or newer is needed"):
        find_java()


def test_missing_maven_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "java").symlink_to(find_java())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(LocalError, match=r"Maven is missing; install it: apt-get install .* maven"):
        fetch_broker(tmp_path / "data", print)
    assert not (tmp_path / "data" / "kafka" / "libs").exists()
