"""`postkorb` with a constant of the product changed, for faults that would take minutes with the real one.

FAULT_MAX_POLL_INTERVAL_MS
    Time after which Kafka's consumer takes its own poll loop for dead (aiokafka's default is 300,000).
"""

import os
from typing import Any

import aiokafka

from services.cli.main import main


def shorten_poll_interval(milliseconds: int) -> None:
    """Give every consumer of this process another `max_poll_interval_ms`."""
    initialise = aiokafka.AIOKafkaConsumer.__init__

    def shortened(consumer: aiokafka.AIOKafkaConsumer, *topics: str, **options: Any) -> None:
        initialise(consumer, *topics, **options | {"max_poll_interval_ms": milliseconds})

    aiokafka.AIOKafkaConsumer.__init__ = shortened


if __name__ == "__main__":
    if milliseconds := os.environ.get("FAULT_MAX_POLL_INTERVAL_MS"):
        shorten_poll_interval(int(milliseconds))
    main()
