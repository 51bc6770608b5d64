"""A broker on loopback that speaks Kafka's protocol: librdkafka's own mock cluster, in the process of the test.

Producers and consumers of other processes reach it by its address as they reach any broker. It keeps messages in
memory and creates a topic for whoever asks with leave to do so.
"""

import contextlib
import logging

from confluent_kafka import Consumer, Producer

QUIET = logging.getLogger("tests.kafka")
QUIET.setLevel(logging.CRITICAL)


class Broker:
    """One mock broker; it ends with this object."""

    def __init__(self) -> None:
        self._holder = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "made-below"}, logger=QUIET)
        (broker,) = self._holder.list_topics(timeout=30).brokers.values()
        self.address = f"{broker.host}:{broker.port}"

    def create(self, topic):
        """Ask for a topic as a client that may create it does."""
        Producer({"bootstrap.servers": self.address}, logger=QUIET).list_topics(topic, timeout=30)

    def messages(self, topic, count, seconds=120):
        """The first `count` messages of a topic, or as many as came in time."""
        options = {"bootstrap.servers": self.address, "group.id": "test", "auto.offset.reset": "earliest"}
        consumer = Consumer(options | {"enable.auto.commit": False}, logger=QUIET)
        found = []
        with contextlib.closing(consumer):
            consumer.subscribe([topic])
            for _ in range(seconds):
                found += [m for m in consumer.consume(max(1, count - len(found)), 1.0) if m.error() is None]
                if len(found) >= count:
                    break
        return found
