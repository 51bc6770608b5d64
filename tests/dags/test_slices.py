"""A crawl that is cut by time: how long each slice is, and what they have done together."""

from dags.slices import MOST_MINUTES, Slices

PARAMS = {"slice_minutes": 55, "max_minutes": 120, "limit": None, "revisit": "due"}
CUT = {"finish_reason": "time", "seconds": 3300, "pages": 40, "versions": 38, "rejected": {"gone": 2}, "pending": 90}


def test_a_crawl_that_was_cut_goes_on_until_its_minutes_are_used_up() -> None:
    slices = Slices.read(None, attempt=1)
    lengths, names = [], []
    while True:
        lengths.append(slices.bound(PARAMS)["max_minutes"])
        names.append(slices.name("run.luwang.1"))
        slices = slices.add(CUT | {"seconds": 60 * lengths[-1], "snapshot_id": 7 + len(lengths)})
        if not slices.goes_on(PARAMS, "time"):
            break
    assert lengths == [55, 55, 10]
    assert names == ["run.luwang.1", "run.luwang.1.2", "run.luwang.1.3"]
    assert slices.counts == {
        "pages": 120,
        "versions": 114,
        "rejected": {"gone": 6},
        "pending": 90,
        "seconds": 7200.0,
        "snapshot_id": 10,
    }


def test_a_crawl_that_ended_by_itself_is_over() -> None:
    one = Slices().add(CUT | {"finish_reason": "finished"})
    assert not one.goes_on(PARAMS, "finished")
    assert not one.goes_on(PARAMS, "interrupted")
    assert one.goes_on(PARAMS, "time")


def test_the_limit_is_that_of_all_slices_together() -> None:
    params = PARAMS | {"limit": 100}
    two = Slices().add(CUT).add(CUT)
    assert two.bound(params)["limit"] == 20
    assert two.goes_on(params, "time")
    assert not two.add(CUT).goes_on(params, "time")


def test_asking_for_everything_again_is_one_slice() -> None:
    params = PARAMS | {"revisit": "all", "max_minutes": 480}
    assert Slices().bound(params)["max_minutes"] == MOST_MINUTES
    assert not Slices().add(CUT).goes_on(params, "time")


def test_what_one_slice_keeps_is_read_by_the_next_and_not_by_another_try() -> None:
    one = Slices(attempt=2).add(CUT)
    assert Slices.read(one.as_json(), attempt=2) == one
    assert Slices.read(one.as_json(), attempt=3) == Slices(attempt=3)
