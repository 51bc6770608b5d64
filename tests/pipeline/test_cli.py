import json
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, run_difang
from rich.cells import cell_len

from pipeline.cli import VERBS
from pipeline.newspapers import NewspaperServer
from transforms.gazetteer import Gazetteer
from warehouse import Warehouse, connect

SEED = str(ROOT / "seeds" / "articles" / "zhangqiu-2022-01-17.txt")


def test_help_lists_every_verb_without_importing_it(tmp_path):
    done = run_difang("--help", home=tmp_path)
    assert done.returncode == 0
    for verb, says in VERBS.items():
        assert verb in done.stdout
        assert says[:20] in done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help_with_an_example(verb, tmp_path):
    done = run_difang(verb, "--help", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Examples?:\n", done.stdout)
    assert f"difang {verb}" in done.stdout.replace("--home difang-home/demo ", "")


BAD = [
    (["ingest", "lufengwan"], 2, "lufengwang"),
    (["ingest", "lufengwang", "--since", "2024-05-02", "--until", "2024-05-01"], 2, "swap them"),
    (["ingest", "lufengwang", "--since", "yesterday"], 2, "--since"),
    (["extract", "no/such/file.html"], 2, "no/such/file.html"),
    (["extract", "http://"], 2, "http"),
    (["sql", "SELECT 1"], 1, "difang demo"),
    (["frobnicate"], 2, "frobnicate"),
    (["reprocess", "--from", "2024-02-01", "--to", "2024-01-01"], 2, "swap them"),
    (["publishers", "show", "nobody"], 2, "nobody"),
]


@pytest.mark.parametrize(("arguments", "code", "says"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_gets_one_clear_sentence(arguments, code, says, tmp_path):
    done = run_difang(*arguments, home=tmp_path / "home")
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_names_its_variable(tmp_path):
    done = run_difang("status", home=tmp_path, DIFANG_WORKERS="many")
    assert done.returncode == 2
    assert done.stderr.startswith("difang: DIFANG_WORKERS='many' is not usable")
    assert "Traceback" not in done.stderr


def test_a_bad_query_names_the_fault(demo_run):
    done = run_difang("sql", "SELECT nothing FROM v_articles", home=demo_run.home)
    assert done.returncode == 1
    assert "nothing" in done.stderr
    assert "Traceback" not in done.stderr


def test_sql_reads_only_unless_told(demo_run):
    done = run_difang("sql", "DELETE FROM core_articles", home=demo_run.home)
    assert done.returncode == 1
    assert "read-only" in done.stderr
    assert "--write" in done.stderr


def test_sql_prints_valid_json_whatever_a_value_is(demo_run):
    query = (
        "SELECT 'nan'::DOUBLE AS a, 'inf'::FLOAT AS b, 170141183460469231731687303715884105727::HUGEINT AS c, "
        "1.5 AS d, 12345678901234567.12345::DECIMAL(38, 5) AS e, DATE '2024-05-13' AS f, "
        "TIMESTAMP '2024-05-13 08:30:00' AS g, "
        "TIMESTAMPTZ '2024-05-13 00:30:00+00' AS h, [1.0, '-inf'::DOUBLE] AS i"
    )
    done = run_difang("sql", query, "--json", home=demo_run.home)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    row = json.loads(done.stdout, parse_constant=refuse)
    assert row == {
        "a": None,
        "b": None,
        "c": 170141183460469231731687303715884105727,
        "d": 1.5,
        "e": "12345678901234567.12345",
        "f": "2024-05-13",
        "g": "2024-05-13T08:30:00",
        "h": "2024-05-13T08:30:00+08:00",
        "i": [1.0, None],
    }


def test_sql_prints_the_result_of_every_statement(demo_run):
    query = (
        "SET threads = 1; SELECT 1 AS a; SELECT 'x;y' AS b; CREATE TEMP TABLE t (n INT); SELECT count(*) AS n FROM t"
    )
    printed = run_difang("sql", query, "--json", home=demo_run.home).stdout.splitlines()
    assert [json.loads(line) for line in printed] == [{"a": 1}, {"b": "x;y"}, {"n": 0}]
    assert run_difang("sql", query, "--csv", home=demo_run.home).stdout == "a\n1\n\nb\nx;y\n\nn\n0\n"


def test_sql_prints_json_and_csv(demo_run):
    query = "SELECT title, published_at FROM v_articles WHERE published_date = '2022-01-17'"
    rows = [json.loads(x) for x in run_difang("sql", query, "--json", home=demo_run.home).stdout.splitlines()]
    assert rows == [{"title": "章丘区委经济工作会议召开", "published_at": "2022-01-17T09:12:00+08:00"}]
    assert run_difang("sql", query, "--csv", home=demo_run.home).stdout.splitlines()[0] == "title,published_at"


def test_sql_prints_lists_in_csv_as_the_published_files_do(demo_run):
    query = "SELECT ['记者甲', '记者乙'] AS a, [{'role': 'editor'}] AS b, true AS c, NULL AS d, 'ab'::BLOB AS e"
    done = run_difang("sql", query, "--csv", home=demo_run.home)
    assert done.stdout == 'a,b,c,d,e\n记者甲、记者乙,"[{""role"": ""editor""}]",true,,6162\n'


def test_sql_prints_a_row_that_no_table_holds_as_a_block(demo_run):
    query = "SELECT * FROM v_articles WHERE published_date = '2022-01-17'"
    done = run_difang("sql", query, home=demo_run.home, COLUMNS="100")
    lines = done.stdout.splitlines()
    assert max(map(cell_len, lines)) <= 100
    assert re.search(r"^title +章丘区委经济工作会议召开 *$", done.stdout, re.MULTILINE)
    assert re.search(
        r"^credits +\{role: source, name: 鲁网, surface: 来源：鲁网, part: header\}、", done.stdout, re.MULTILINE
    )
    assert lines[-1].strip() == "1 row"
    narrow = run_difang("sql", "SELECT '[a]' AS \"b[a]\", 2 AS c", home=demo_run.home, COLUMNS="20").stdout
    assert re.search(r"b\[a\] +c *\n.*\n +\[a\] +2", narrow)


LONG = "SELECT repeat('章丘', 100) AS a FROM range(20000)"


@pytest.mark.parametrize(
    "arguments",
    [["changes", "--since", "0", "--all", "--json"], ["sql", LONG, "--json"], ["sql", LONG, "--csv"], ["sql", LONG]],
    ids=["changes", "json", "csv", "table"],
)
def test_a_reader_that_goes_away_ends_a_verb_in_silence(demo_run, arguments, tmp_path):
    cursor = tmp_path / "cursor"
    kept = ["--cursor", str(cursor)] if arguments[0] == "changes" else []
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", *arguments, *kept],
        env=demo_run.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1
    assert not kept or cursor.read_text() == "0\n"  # what was not handed over comes again


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(path.read_bytes()[:100]), lambda path: path.unlink()])
def test_a_damaged_file_is_named_in_one_sentence(demo_run, damage, tmp_path):
    shutil.copytree(demo_run.home / "warehouse", tmp_path / "warehouse")
    for path in (tmp_path / "warehouse" / "data" / "main" / "core_articles").glob("*.parquet"):
        damage(path)
    done = run_difang("check", "core_articles_key", home=tmp_path)
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()
    assert len(said) == 1, said
    assert said[0].startswith("difang: a data file is missing or not whole, ")
    assert "/core_articles/" in said[0]


def test_extract_says_why_a_page_is_no_article(tmp_path):
    page = tmp_path / "empty.html"
    page.write_text("<html><head><title></title></head><body></body></html>")
    done = run_difang("extract", str(page), "--json", home=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["rejected"]["reason"] == "empty_page"
    assert "empty_page" in done.stderr


def test_extract_fetches_a_url_and_stores_nothing(tmp_path):
    with NewspaperServer(edition="morning") as server:
        url = "http://www.lufengwang.example/zq/xw/202201/t20220117_4207771.htm"
        done = run_difang("extract", url, "--json", home=tmp_path / "home", DIFANG_PROXY_URL=server.proxy_url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["article"]["title"] == "章丘区委经济工作会议召开"
    assert not (tmp_path / "home").exists()


def test_an_unreachable_publisher_is_named_and_stays_pending(tmp_path):
    done = run_difang("ingest", "lufengwang", "--json", home=tmp_path / "home", DIFANG_PROXY_URL="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "lufengwang did not answer" in done.stderr
    assert json.loads(done.stdout)["unreachable"] == ["lufengwang"]


def test_extract_prints_a_page_for_a_person(tmp_path):
    done = run_difang("extract", SEED, home=tmp_path)
    assert done.returncode == 0, done.stderr
    for told in ("章丘区委经济工作会议召开", "2022-01-17", "370114", "边祥为", "科技小院"):
        assert told in done.stdout


def test_reprocess_makes_a_new_generation_of_tags(demo_run, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(demo_run.home, home)
    counted = ("core_articles", "v_official_mentions", "v_announced_changes", "v_revisions")
    query = "SELECT " + ", ".join(f"(SELECT count(*) FROM {name})" for name in counted)
    with connect(home / "warehouse") as connection:
        before = connection.execute(query).fetchone()
        generations = connection.execute("SELECT count(*) FROM core_official_mentions").fetchone()[0]
    assert before[2] > 20
    with Warehouse.open(home / "warehouse") as warehouse:  # articles of before there were changes of office
        warehouse.connection.execute("DELETE FROM core_office_changes")
    done = run_difang("reprocess", "--from", "2020-01-01", "--to", "2100-01-01", "--json", home=home)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["versions"] == 0
    assert report["unchanged"] >= 66
    with connect(home / "warehouse") as connection:
        assert connection.execute(query).fetchone() == before
        assert connection.execute("SELECT count(*) FROM core_official_mentions").fetchone()[0] > generations


def test_the_day_of_the_gazetteer_is_shown(demo_run, tmp_path):
    day = Gazetteer.load().as_of.isoformat()
    assert f"gazetteer of {day}" in run_difang("--version", home=tmp_path).stdout
    assert f"gazetteer of {day}" in run_difang("status", home=demo_run.home).stdout
