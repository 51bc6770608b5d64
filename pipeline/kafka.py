"""Rows handed to a topic of a Kafka-compatible broker, in order, each acknowledged before it counts (docs/adr/0036).

The client is confluent-kafka (librdkafka), which the extra `kafka` brings. Its producer is idempotent: what it repeats
by itself, after a lost acknowledgement, arrives once and in order. What is sent again after a kill arrives twice.
"""

import logging
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from records import DifangError, UsageError

log = logging.getLogger("difang.kafka")
PREFIX = "DIFANG_KAFKA_"
OPEN_SECONDS = 15.0
"""Within which a broker must name its topic when a feed begins."""
DEFAULTS = {
    "enable.idempotence": "true",
    "compression.type": "zstd",
    # the partition of a key is the one that the field's other clients, which are Java's, choose
    "partitioner": "murmur2_random",
    # a topic that is made by mistake has the broker's default of partitions and of retention
    "allow.auto.create.topics": "false",
    "linger.ms": "20",
    "reconnect.backoff.ms": "1000",
    "client.id": "difang",
}


class KafkaTopic:
    """A topic that takes rows; used by one thread."""

    def __init__(
        self,
        url: str,
        environment: Mapping[str, str] | None = None,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """Connect to what ``kafka://HOST:PORT[,HOST:PORT]/TOPIC`` names, and make sure that the topic is there.

        ``DIFANG_KAFKA_SASL_PASSWORD`` in the environment sets librdkafka's ``sasl.password``, and so on.
        Raises UsageError for another address or option, DifangError where no broker answers or the topic is missing.
        """
        self.servers, self.topic = split_address(url)
        self._is_stopping = is_stopping
        self._fault: str | None = None
        self._said = ""
        options = DEFAULTS | options_of(os.environ if environment is None else environment)
        self._client = _client()
        try:
            self._producer = self._client.Producer(
                options | {"bootstrap.servers": self.servers}, error_cb=self._on_error, logger=_silent()
            )
        except self._client.KafkaException as error:
            raise UsageError(
                f"{error.args[0].str()}: {PREFIX}… sets the options of librdkafka, {PREFIX}SASL_PASSWORD its "
                "sasl.password; docs/reference.md says more"
            ) from error
        self._require_topic()

    def put(self, key: str | None, value: str) -> None:
        """Hand a row to the client, which sends it soon. Raises DifangError for one that is too large."""
        data = value.encode()
        while True:
            try:
                self._producer.produce(self.topic, data, key and key.encode(), on_delivery=self._on_delivery)
            except BufferError:  # the client holds as much as it may
                self.confirm()
                continue
            except self._client.KafkaException as error:
                raise DifangError(self._refusal(error.args[0], key, len(data))) from error
            self._producer.poll(0)
            return

    def confirm(self) -> bool:
        """Wait until the broker has acknowledged every row that was put; False where the feed is to stop first.

        Raises DifangError when a row was refused, or not taken within librdkafka's message.timeout.ms.
        """
        while self._producer.flush(1.0):
            if self._fault is None and self._is_stopping():
                return False
        if self._fault is not None:
            raise DifangError(self._fault)
        return True

    def _require_topic(self) -> None:
        try:
            found = self._producer.list_topics(self.topic, timeout=OPEN_SECONDS).topics[self.topic]
        except self._client.KafkaException as error:
            reason = self._said or error.args[0].str()
            raise DifangError(
                f"no broker at {self.servers} answered within {OPEN_SECONDS:g} s ({reason}): is the address right, and "
                f"do {PREFIX}SECURITY_PROTOCOL and {PREFIX}SASL_… say how to log in?"
            ) from error
        if found.error is not None:
            raise DifangError(
                f"the broker at {self.servers} has no topic {self.topic!r} for this user ({found.error.str()}): create "
                f"it first, or let the broker do so with {PREFIX}ALLOW_AUTO_CREATE_TOPICS=true"
            )

    def _on_delivery(self, error: Any, message: Any) -> None:
        if error is not None and self._fault is None:
            key = message.key()
            self._fault = self._refusal(error, key.decode() if key else None, len(message.value() or b""))

    def _on_error(self, error: Any) -> None:
        """Say once that a broker is away: the client goes on trying, and may do so for minutes."""
        said = error.str()
        if said != self._said:
            self._said = said
            log.warning("the broker at %s: %s", self.servers, said)

    def _refusal(self, error: Any, key: str | None, size: int) -> str:
        row = f"the row {key} of {size:,} bytes" if key else f"a row of {size:,} bytes"
        if error.name() == "MSG_SIZE_TOO_LARGE":
            return (
                f"{row} is too large for the topic {self.topic!r}: raise the topic's max.message.bytes and "
                f"{PREFIX}MESSAGE_MAX_BYTES, then start again; the feed goes on from the last snapshot acknowledged"
            )
        return (
            f"the broker at {self.servers} did not take {row} into {self.topic!r} ({error.str()}); the feed goes on "
            "from the last snapshot acknowledged when it is started again"
        )


def split_address(url: str) -> tuple[str, str]:
    """The brokers and the topic of ``kafka://HOST:PORT[,HOST:PORT]/TOPIC``. Raises UsageError for another address."""
    found = re.fullmatch(r"kafka://([^/@?#\s]+)/([\w.-]{1,249})", url, flags=re.ASCII)
    if found is None:
        raise UsageError(
            f"{url!r} names no topic: write kafka://HOST:PORT/TOPIC, several brokers with a comma; a user and a "
            f"password belong into {PREFIX}SASL_USERNAME and {PREFIX}SASL_PASSWORD"
        )
    return found[1], found[2]


def options_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The options of librdkafka that the environment sets: ``DIFANG_KAFKA_SSL_CA_LOCATION`` is ``ssl.ca.location``."""
    return {
        name.removeprefix(PREFIX).lower().replace("_", "."): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }


def _client() -> Any:
    try:
        import confluent_kafka  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise UsageError("--to kafka://… needs the extra: pip install 'difang[kafka]'") from error
    return confluent_kafka


def _silent() -> logging.Logger:
    """Where librdkafka's own lines go, one for each attempt to connect: its errors come to `_on_error` as well."""
    logger = logging.getLogger("difang.kafka.librdkafka")
    logger.setLevel(logging.CRITICAL)
    return logger
