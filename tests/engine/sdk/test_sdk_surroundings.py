"""Proxies and certificates that the environment asks for."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from engine.model.errors import ConfigError, UnavailableError
from engine.sdk import Http
from engine.sdk.surroundings import certificates, check_proxies, proxy_variable

SECRET = "hunter2"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (f"http://user:{SECRET}@proxy:port", "its port is not a port number"),
        (f"http://user:{SECRET}@proxy:99999", "its port is not a port number"),
        (f"http://user:{SECRET}@[::1", "its brackets do not match"),
        (f"ftp://user:{SECRET}@proxy:8080", 'asks for a proxy of the kind "ftp"'),
        (f"http://user:{SECRET}@proxy:8080\n", "a line end"),
        (f"http://user:{SECRET}@", "it names no host"),
        (f"http:// {SECRET}", "it has a blank"),
        (f"socks4://user:{SECRET}@proxy:9", "of the kind socks4"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(name: str, value: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_proxies({name: value})
    assert str(caught.value).startswith(f"the environment variable {name} ")
    assert problem in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "SOCKS5"])
def test_a_socks_proxy_needs_a_package(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sdk.surroundings.find_spec", lambda name: None)
    with pytest.raises(ConfigError) as caught:
        check_proxies({"ALL_PROXY": f"{scheme}://127.0.0.1:9"})
    assert str(caught.value) == (
        f"the environment variable ALL_PROXY asks for a SOCKS proxy ({scheme.lower()}), which needs one more "
        "package: pip install 'psosync[socks]'; or unset it"
    )
    monkeypatch.setattr("engine.sdk.surroundings.find_spec", lambda name: object())
    check_proxies({"ALL_PROXY": f"{scheme}://127.0.0.1:9"})


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"HTTPS_PROXY": "proxy:8080"},
        {"HTTPS_PROXY": "http://user:pass@proxy.example:8080"},
        {"HTTPS_PROXY": "http://[::1]:8080", "NO_PROXY": "localhost,::1,.example.com,10.0.0.0/8"},
        {"HTTPS_PROXY": ""},
        {"https_proxy": "", "HTTPS_PROXY": "nonsense:port"},  # small letters win
        {"ALL_PROXY": "ftp://x", "NO_PROXY": "*"},
    ],
)
def test_what_can_be_used_is_used(environment: dict[str, str]) -> None:
    check_proxies(environment)


@pytest.mark.parametrize("value", ["local host", "[::1", "a\nb"])
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_exceptions_that_cannot_be_read_are_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"the environment variable {name} cannot be read"):
        check_proxies({name: value})


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_cannot_be_read_are_named(name: str, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    for path, problem in ((tmp_path / "none.pem", "no such file"), (nonsense, "has no certificates in it")):
        with pytest.raises(ConfigError) as caught:
            certificates({name: str(path)})
        assert f"the environment variable {name} names a file of certificates" in str(caught.value)
        assert problem in str(caught.value)
        assert str(path) in str(caught.value)


def test_certificates_that_a_variable_names_are_used() -> None:
    assert certificates({}) is None
    standard = ssl.get_default_verify_paths().cafile
    if standard:
        assert certificates({"REQUESTS_CA_BUNDLE": standard}) is not None
    with pytest.raises(ConfigError, match="SSL_CERT_DIR names a folder that does not exist: /nowhere"):
        certificates({"SSL_CERT_DIR": "/nowhere"})


def test_requests_to_other_machines_look_at_the_proxies_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:port")
    http = Http("Xero", "https://api.xero.invalid", attempts=1)
    with pytest.raises(ConfigError, match="HTTPS_PROXY is not the address of a proxy"):
        http.get("Organisation")
    http.close()


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": "http://proxy:8080"}, "HTTPS_PROXY"),
        ({"https_proxy": "http://proxy:8080"}, "https_proxy"),
        ({"ALL_PROXY": "http://proxy:8080"}, "ALL_PROXY"),
        ({"HTTP_PROXY": "http://proxy:8080"}, ""),
        ({"HTTPS_PROXY": "http://proxy:8080", "NO_PROXY": ".example.com"}, ""),
        ({"HTTPS_PROXY": "http://proxy:8080", "NO_PROXY": "*"}, ""),
    ],
)
def test_the_proxy_of_an_address_is_known_by_its_variable(environment: dict[str, str], name: str) -> None:
    assert proxy_variable("https://api.example.com/x", environment) == name
    assert proxy_variable("https://127.0.0.1/x", environment) == ""


def test_a_proxy_that_refuses_connections_is_not_taken_for_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{SECRET}@127.0.0.1:9")
    http = Http("Xero", "https://api.example.com", attempts=1)
    with pytest.raises(UnavailableError) as caught:
        http.get("Organisation")
    http.close()
    assert "the proxy of the environment variable HTTPS_PROXY refuses connections" in str(caught.value)
    assert SECRET not in str(caught.value)
