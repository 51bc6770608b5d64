import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import article_id, canonicalize

CASES = [
    ("http://A.Example/zq/xw/202201/t20220117_4207771.htm#top", "http://a.example/zq/xw/202201/t20220117_4207771.htm"),
    ("https://a.example:443/x/?utm_source=1&b=2&a=1&spm=x", "http://a.example/x/?a=1&b=2"),
    ("HTTP://a.example:80", "http://a.example/"),
    ("http://a.example:8080/x", "http://a.example:8080/x"),
    # The query may carry the article's id: nothing but known tracking parameters goes.
    ("http://a.example/content?aid=4&page=1", "http://a.example/content?aid=4&page=1"),
    # GBK escapes stay what they are: decoding them as UTF-8 would make different pages collide.
    ("http://a.example/s?q=%D5%C2%C7%F0", "http://a.example/s?q=%D5%C2%C7%F0"),
    ("http://a.example/新闻/章丘.html", "http://a.example/%E6%96%B0%E9%97%BB/%E7%AB%A0%E4%B8%98.html"),
    (" http://a.example/x \n", "http://a.example/x"),
]


@pytest.mark.parametrize(("url", "expected"), CASES)
def test_canonical_form(url, expected):
    assert canonicalize(url) == expected


def test_relative_links_become_absolute():
    base = "http://www.lufengwang.example/zq/xw/index.htm"
    expected = "http://www.lufengwang.example/zq/xw/202201/t1_2.htm"
    assert canonicalize("./202201/t1_2.htm", base) == expected


@pytest.mark.parametrize("url", ["javascript:void(0)", "mailto:a@b.example", "", "/x", "file:///etc/passwd"])
def test_what_is_no_page_is_refused(url):
    with pytest.raises(ValueError, match="no http"):
        canonicalize(url)


@given(
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["a.example", "A.example:80", "b.example:8080"]),
    st.text(alphabet="/abc.%章 ~;", max_size=20),
    st.lists(
        st.tuples(st.sampled_from(["id", "utm_source", "q", "页"]), st.text(alphabet="1a%& 章", max_size=5)), max_size=4
    ),
)
def test_applying_it_twice_changes_nothing(scheme, host, path, query):
    url = f"{scheme}://{host}/{path}?" + "&".join(f"{k}={v}" for k, v in query)
    once = canonicalize(url)
    assert canonicalize(once) == once
    assert article_id(once) == article_id(canonicalize(once))
    assert len(article_id(once)) == 16


@given(st.sampled_from(["http", "https"]), st.text(alphabet="aZ09_~./-", max_size=30))
def test_the_short_way_for_plain_urls_is_the_long_way(scheme, path):
    # Capitals in the host force the long way.
    assert canonicalize(f"{scheme}://a.example/{path}") == canonicalize(f"{scheme}://A.EXAMPLE/{path}")


@given(
    st.lists(
        st.tuples(st.sampled_from(["id", "ID", "utm_source", "p-1"]), st.text(alphabet="1aZ._-=", max_size=5)),
        max_size=5,
    )
)
def test_the_short_way_for_plain_queries_is_the_long_way(query):
    path = "a/?" + "&".join(f"{name}={value}" for name, value in query)
    assert canonicalize(f"http://a.example/{path}") == canonicalize(f"http://A.EXAMPLE/{path}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/a;jsessionid=1F?id=1", "http://a.example/a?id=1"),
        ("http://a.example/a?id=1&PHPSESSID=zz", "http://a.example/a?id=1"),
    ],
)
def test_a_visitors_session_is_no_part_of_the_identity(url, expected):
    assert canonicalize(url) == expected
