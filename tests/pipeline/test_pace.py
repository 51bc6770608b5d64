"""The window of pages under way: bounded, narrower while pages land late, wider while they land early."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.pace import FLOOR, Pace

AGES = st.lists(st.lists(st.floats(0, 100), max_size=600), max_size=60)


@given(most=st.integers(1, 600), target=st.floats(1, 60), batches=AGES)
def test_the_window_stays_within_its_bounds(most, target, batches):
    pace = Pace(most, target)
    for ages in batches:
        pace.note(ages)
        assert min(FLOOR, most) <= pace.window <= most
    assert pace.landed_count == sum(map(len, batches))
    assert pace.late_count == sum(age > target for ages in batches for age in ages)


@given(batches=AGES)
def test_without_a_target_the_window_is_what_was_allowed(batches):
    pace = Pace(512)
    for ages in batches:
        pace.note(ages)
    assert pace.window == 512


def test_under_load_pages_come_to_land_within_the_target():
    pace, rate, ages = Pace(512, 10.0), 20.0, []
    for _ in range(60):
        # What is under way waits for as long as the workers need for all of it.
        age = pace.window / rate
        ages.append(age)
        pace.note([age] * min(pace.window, 40))
    assert max(ages[10:]) <= 6.0
    assert pace.window >= 0.3 * 10.0 * rate


def test_quantiles_are_of_the_latest_pages():
    pace = Pace(512)
    assert pace.quantile(0.5) is None
    pace.note([float(n) for n in range(100)])
    assert (pace.quantile(0.5), pace.quantile(0.95), pace.quantile(1.0)) == (50.0, 95.0, 99.0)
