"""A broker on loopback that speaks Kafka's protocol: librdkafka's own mock cluster, in the process of the test.

Producers and consumers of other processes reach it by its address as they reach any broker. It keeps messages in
memory and creates a topic for whoever asks with leave to do so.
"""

import contextlib
import logging

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition

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

    def messages(self, topic, count=None, seconds=120):
        """The first `count` messages of a topic, or as many as came in time; without a count, all that it holds now."""
        options = {"bootstrap.servers": self.address, "group.id": "test", "enable.auto.commit": False}
        consumer = Consumer(options | {"enable.partition.eof": True}, logger=QUIET)
        found, ended = [], set()
        with contextlib.closing(consumer):
            # assigned, not subscribed: a group of consumers takes its time to form
            partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
            consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
            for _ in range(seconds):
                for message in consumer.consume(1000, 1.0):
                    if message.error() is None:
                        found.append(message)
                    elif message.error().code() == KafkaError._PARTITION_EOF:
                        ended.add(message.partition())
                if ended >= partitions.keys() if count is None else len(found) >= count:
                    break
        return found if count is None else found[:count]
