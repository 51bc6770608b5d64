"""A run is told in one line what its landing breaks, by the command line itself."""

import subprocess
import sys

from conftest import clean_environment, run_difang

from pipeline.newspapers import NewspaperServer

SPOILING = """
from warehouse import Warehouse

land = Warehouse.land

def land_and_spoil(self, batch, **options):
    report = land(self, batch, **options)
    self.connection.execute("UPDATE core_captures SET reason = 'gone' WHERE reason IS NULL")
    return report

Warehouse.land = land_and_spoil

if __name__ == "__main__":
    import sys
    from pipeline.cli import main
    sys.argv = ["difang", "ingest", "lufengwang", "--limit", "3"]
    main()
"""


def test_a_run_ends_with_1_and_names_the_check_that_its_landing_fails(tmp_path):
    home, script = tmp_path / "home", tmp_path / "spoiling.py"
    script.write_text(SPOILING)
    with NewspaperServer(edition="morning") as server:
        environment = clean_environment() | {"DIFANG_HOME": str(home), "DIFANG_PROXY_URL": server.proxy_url}
        spoilt = subprocess.run(
            [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
    assert spoilt.returncode == 1, spoilt.stderr
    line = next(line for line in spoilt.stderr.splitlines() if "see them with" in line)
    assert "captures_end_one_way" in line.partition("see them with: difang check ")[2]
    shown = run_difang("check", "captures_end_one_way", home=home)
    assert shown.returncode == 1
    assert "gone" in shown.stdout
    sound = run_difang("check", "article_ids", home=home)
    assert (sound.returncode, sound.stdout.strip()) == (0, "1 of 1 checks passed")
