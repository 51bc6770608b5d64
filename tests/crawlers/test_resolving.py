"""Names that point into private networks, as both clients resolve them."""

import asyncio

import pytest

from crawlers.resolving import GuardedResolver, GuardedTwistedResolver, Refusals, is_private


@pytest.fixture(autouse=True)
def no_refusals(monkeypatch):
    monkeypatch.setattr(Refusals, "refused", {})
    monkeypatch.setattr(Refusals, "private_hosts", frozenset())


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("::ffff:10.0.0.1", True),
        ("fe80::1%eth0", True),
        ("100.64.0.1", True),
        ("224.0.0.1", True),
        ("0.0.0.0", True),
        ("fd00::1", True),
        ("8.8.8.8", False),
        ("2400:3200::1", False),
    ],
)
def test_private_addresses(address, private):
    assert is_private(address) is private


def test_scrapy_s_client_refuses_a_name_that_points_into_a_private_network():
    resolver = GuardedTwistedResolver.__new__(GuardedTwistedResolver)
    assert resolver._check("8.8.8.8", "www.a.example") == "8.8.8.8"
    with pytest.raises(OSError, match=r"private address 10\.0\.0\.7"):
        resolver._check("10.0.0.7", "trap.example")
    assert Refusals.refused == {"trap.example": "10.0.0.7"}


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433"])
def test_aiohttp_refuses_a_name_that_points_into_a_private_network(name, monkeypatch):
    async def resolve() -> list[str]:
        return [found["host"] for found in await GuardedResolver().resolve(name, 80)]

    with pytest.raises(OSError, match="private address 127"):
        asyncio.run(resolve())
    assert Refusals.refused == {name: "127.0.0.1"}
    monkeypatch.setattr(Refusals, "private_hosts", frozenset({name}))
    assert asyncio.run(resolve()) == ["127.0.0.1"]
