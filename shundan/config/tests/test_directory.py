"""What must be true before anything starts."""

import base64
import socket
import stat
from contextlib import closing
from pathlib import Path

import pytest

from shundan.config import directory
from shundan.config.directory import CannotStart, check_disk, check_port, hold_directory, make_key


def test_a_second_run_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with closing(hold_directory(tmp_path)), pytest.raises(CannotStart, match="already works on"):
        hold_directory(tmp_path)


def test_a_directory_is_free_again_when_its_run_has_ended(tmp_path: Path) -> None:
    hold_directory(tmp_path).close()
    hold_directory(tmp_path).close()


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotStart) as refusal:
            check_port("127.0.0.1", port, "--port")
    assert str(refusal.value) == f"Port {port} is in use by another program: stop it or choose --port."


def test_a_free_port_is_taken_without_a_word() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check_port("127.0.0.1", port, "--port")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"Cannot listen on 192\.0\.2\.7, port 8000"):
        check_port("192.0.2.7", 8000, "--port")


def test_a_nearly_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "FREE_BYTES_NEEDED", 10**18)
    with pytest.raises(CannotStart, match="MB are free"):
        check_disk(tmp_path)


def test_a_new_key_is_readable_by_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHUNDAN_KEY")
    make_key(tmp_path)
    key = tmp_path / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(base64.urlsafe_b64decode(key.read_text())) == 32


def test_an_existing_key_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHUNDAN_KEY")
    make_key(tmp_path)
    before = (tmp_path / "secret.key").read_text()
    make_key(tmp_path)
    assert (tmp_path / "secret.key").read_text() == before


def test_a_database_without_its_key_is_not_given_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHUNDAN_KEY")
    (tmp_path / "shundan.sqlite3").touch()
    with pytest.raises(CannotStart, match="put the key back"):
        make_key(tmp_path)
    assert not (tmp_path / "secret.key").exists()
