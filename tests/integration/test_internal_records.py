"""Records of `documents.parsed` that are no references: nobody but Postkorb writes there, and yet they must be told."""

import asyncio
from contextlib import AsyncExitStack

from integration.house import House
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from structlog.testing import capture_logs

from services.delivery.publication import Outgoing


async def test_a_record_that_is_no_reference_is_a_dead_letter_counted_and_said(house: House):
    stop = asyncio.Event()
    await house.publication.publish([Outgoing(house.topics.parsed, b"k", b"nonsense", {})])
    with capture_logs() as lines:
        async with AsyncExitStack() as stack:
            work = asyncio.create_task((await house.inference(stack)).run(stop))
            [letter] = await house.rows("SELECT topic, code FROM postkorb.dead_letters", 1)
            stop.set()
            await work
    assert tuple(letter) == (house.topics.parsed, "not_an_event")
    assert [line["code"] for line in lines if line["event"] == "dead letter"] == ["not_an_event"]
    assert points(house.reader, "postkorb.documents") == [
        ({"postkorb.outcome": "dead_lettered", "postkorb.step": "5 admit"}, 1)
    ]


def points(reader: InMemoryMetricReader, name: str) -> list[tuple[dict[str, object], float]]:
    data = reader.get_metrics_data()
    assert data is not None
    metrics = data.resource_metrics[0].scope_metrics[0].metrics
    return [
        (dict(point.attributes or {}), point.value)
        for metric in metrics
        if metric.name == name
        for point in metric.data.data_points
    ]
