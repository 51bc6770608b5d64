"""Seconds of CPU that the DAG processor takes for each of our DAG files, against a limit of one second.

    python -m benchmarks.parsing [ROUNDS]

Each file is parsed in a fresh process in which Airflow itself is loaded already, as in the processor, which forks; the
first column is the least of the rounds (three by default), the second has Airflow's own loading beside it. Exits with 1
where a file is over the limit.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.airflow_settings import airflow_environment, dags_folder

LIMIT_SECONDS = 1.0
PARSE = """
import json, sys, time
import airflow.sdk, airflow.providers.standard.operators.empty
from airflow.dag_processing.dagbag import DagBag
loaded = time.process_time()
bag = DagBag(dag_folder=sys.argv[1])
print(json.dumps([loaded, time.process_time() - loaded, sorted(bag.dags), bag.import_errors]))
"""


def parse(file: Path, environment: dict[str, str]) -> tuple[float, float, list[str]]:
    """CPU seconds of loading Airflow, CPU seconds of the file, the ids of its DAGs."""
    done = subprocess.run(
        [sys.executable, "-c", PARSE, str(file)], env=environment, capture_output=True, text=True, check=True
    )
    loaded, seconds, dags, errors = json.loads(done.stdout.splitlines()[-1])
    assert not errors, errors
    return loaded, seconds, dags


def main(rounds: int) -> int:
    """Print the table; 1 where a file is over the limit."""
    files = sorted(file for file in dags_folder().glob("*.py") if "with DAG(" in file.read_text("utf-8"))
    assert len(files) >= 7, files
    over = 0
    with tempfile.TemporaryDirectory() as home:
        environment = airflow_environment(os.environ, Path(home), port=1)
        print(f"| file | CPU seconds (limit {LIMIT_SECONDS:g}) | loading Airflow itself |\n|---|---|---|")
        for file in files:
            runs = [parse(file, environment) for _ in range(rounds)]
            assert runs[0][2] == [file.stem]
            seconds = min(run[1] for run in runs)
            over += seconds > LIMIT_SECONDS
            print(f"| `{file.name}` | {seconds:.2f} | {min(run[0] for run in runs):.1f} |", flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
