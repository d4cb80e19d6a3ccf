"""The database's address, as people write it and as the driver takes it."""

import pytest

from services.storage.address import read_address
from services.storage.errors import DatabaseAddressError


def test_encryption_is_asked_for_as_everywhere_else():
    address = read_address("postgresql://u:p@h/d?sslmode=verify-full")
    assert address.query == {"ssl": "verify-full"}
    assert address.drivername == "postgresql+asyncpg"


def test_a_socket_and_a_port_may_be_named():
    assert read_address("postgresql:///d?host=/run/pg&port=5433").query == {"host": "/run/pg", "port": "5433"}


def test_a_parameter_that_is_not_known_is_named():
    with pytest.raises(DatabaseAddressError, match="has connect_timeout; what it may have is sslmode, host, port"):
        read_address("postgresql://u:geheim@h/d?connect_timeout=3")


def test_two_words_for_encryption_are_not_chosen_from():
    with pytest.raises(DatabaseAddressError, match="ssl and sslmode"):
        read_address("postgresql://u:geheim@h/d?sslmode=require&ssl=disable")


def test_what_a_pool_or_a_pair_of_servers_needs_may_be_said():
    address = read_address("postgresql://u@/d?host=a:1&host=b:2&target_session_attrs=primary")
    assert address.query == {"host": ("a:1", "b:2"), "target_session_attrs": "primary"}
    assert read_address("postgresql://u@h/d?prepared_statement_cache_size=0").query
