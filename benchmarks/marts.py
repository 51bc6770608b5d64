"""What a refresh of the marts costs: everything made anew against what 200 new articles touch.

Run: ``python -m benchmarks.marts FOLDER [ROUNDS]`` on a warehouse that ``python -m benchmarks.million`` made. It is
written to: give a copy where it is to be kept. In each round 200 articles that the vocabulary makes next are landed
and the marts refreshed; one row in twenty of them is a reprint of one of the others. Printed are seconds of CPU of this
process, all its threads together: a clock would measure the machine's other work.
"""

import datetime as dt
import sys
import time
from pathlib import Path

from benchmarks.million import Maker, Vocabulary
from warehouse import Warehouse
from warehouse.marts import MartReport, refresh_marts
from warehouse.text_index import refresh_texts

NEW = 200


def measured(warehouse: Warehouse, *, whole: bool = False, now: dt.datetime | None = None) -> tuple[float, MartReport]:
    """Seconds of CPU of a refresh, and what it did."""
    started = time.process_time()
    report = refresh_marts(warehouse.connection, whole=whole, now=now)
    return time.process_time() - started, report


def land_next(warehouse: Warehouse, maker: Maker, number: int, first: int) -> None:
    """Land 200 articles more, in one transaction, and take up their texts."""
    connection = warehouse.connection
    connection.execute("BEGIN TRANSACTION")
    for table, incoming in maker._batch(number, range(first, first + NEW)).items():
        connection.register("incoming", incoming)
        connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM incoming')
        connection.unregister("incoming")
    connection.execute("COMMIT")
    refresh_texts(connection)


def main(folder: Path, rounds: int) -> None:
    """Measure, and print a line a refresh."""
    with Warehouse.open(folder, must_exist=True) as warehouse:
        row = warehouse.connection.execute("SELECT count(DISTINCT article_id) FROM core_captures").fetchone()
        assert row is not None
        articles = int(row[0])
        refresh_texts(warehouse.connection)
        whole, report = measured(warehouse, whole=True)
        print(f"{articles:,} articles: whole {whole:.1f} s of CPU, {sum(report.counts.values()):,} rows", flush=True)
        maker = Maker(Vocabulary(seed=articles), articles)
        quiet = dt.datetime.now(dt.UTC)  # the slow marts were made just now, and are not due in these rounds
        for number in range(rounds):
            land_next(warehouse, maker, 90_000 + articles // NEW + number, articles + number * NEW)
            spent, report = measured(warehouse, now=quiet)
            assert not report.whole_because, report.whole_because
            print(f"  {NEW} new: {spent:.2f} s, {sum(report.changed.values()):,} rows went or came", flush=True)
        spent, report = measured(warehouse, now=quiet + dt.timedelta(days=7))
        print(f"  the two slow marts: {spent:.2f} s", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
