"""What the machine asks of the transport: proxies and certificates, by environment variables.

The HTTP library reads them, and raises errors of its own kinds; here they are looked at first, so that the
message names the variable to change. Values are not shown: a proxy's address may hold a password.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from engine.model.errors import ConfigError
from engine.model.redact import know_address
from engine.sdk.settings import LOOPBACK

PROXIES = ("http_proxy", "https_proxy", "all_proxy")  # capitals as well; small letters win
CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # the first that is set is used
_CURE = "use an address such as http://proxy.example:8080, or unset it"


def check_proxies(environment: Mapping[str, str] = os.environ) -> None:
    """Raises ConfigError for a proxy that cannot be used, naming the variable that asks for it."""
    exceptions = _variable("no_proxy", environment)
    hosts = [host.strip() for host in environment.get(exceptions, "").split(",")]
    if "*" in hosts:
        return  # no proxy is used at all
    for host in hosts:
        if problem := _unprintable(host) or _bracket(host):
            raise ConfigError(f"the environment variable {exceptions} cannot be read: {problem}")
    for name in (_variable(proxy, environment) for proxy in PROXIES):
        know_address(environment.get(name, ""))
        if (value := environment.get(name, "")) and (problem := _proxy_problem(value)):
            raise ConfigError(f"the environment variable {name} {problem}")


def proxy_variable(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """The variable whose proxy requests to this address go through; empty if they go there directly."""
    parts = urlsplit(url)
    names = (_variable(f"{parts.scheme}_proxy", environment), _variable("all_proxy", environment))
    name = next((name for name in names if environment.get(name)), "")
    exceptions = environment.get(_variable("no_proxy", environment), "")
    direct = parts.hostname in LOOPBACK or proxy_bypass_environment(parts.netloc, {"no": exceptions})
    return "" if direct else name


def certificates(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext | None:
    """The certificate authorities that a variable names; None if none does.

    Raises ConfigError for a file that does not exist, cannot be read or holds no certificates.
    """
    name = next((name for name in CERTIFICATES if environment.get(name)), "")
    folder = environment.get("SSL_CERT_DIR") or None
    if folder and not any(Path(part).is_dir() for part in folder.split(os.pathsep)):
        raise ConfigError(
            f"the environment variable SSL_CERT_DIR names a folder that does not exist: {folder}"
        )
    if not name:
        return None
    path = environment[name]
    try:
        if Path(path).is_dir():
            return ssl.create_default_context(capath=path)
        Path(path).open("rb").close()
        return ssl.create_default_context(cafile=path, capath=folder)
    except ssl.SSLError:
        problem = "has no certificates in it that can be read (PEM)"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        problem = f"cannot be read: {str(reason).lower()}"
    raise ConfigError(f"the environment variable {name} names a file of certificates that {problem}: {path}")


def _variable(name: str, environment: Mapping[str, str]) -> str:
    """How the variable is spelled, in small letters or in capitals."""
    return name if name in environment else name.upper()


def _proxy_problem(value: str) -> str:
    """What is wrong with a proxy's address; empty if nothing is."""
    if problem := _unprintable(value):
        return f"is not the address of a proxy: {problem}; {_CURE}"
    text = value if "://" in value else f"http://{value}"
    scheme = text.partition("://")[0].lower()
    if scheme.startswith("socks"):
        return _socks_problem(scheme)
    if scheme not in ("http", "https"):
        return f'asks for a proxy of the kind "{scheme}", which is not supported; {_CURE}'
    try:
        parts = urlsplit(text)
    except ValueError:
        return f"is not the address of a proxy: its brackets do not match; {_CURE}"
    if not parts.hostname:
        return f"is not the address of a proxy: it names no host; {_CURE}"
    try:
        number = parts.port
    except ValueError:
        number = 0
    return f"is not the address of a proxy: its port is not a port number; {_CURE}" if number == 0 else ""


def _socks_problem(scheme: str) -> str:
    if scheme not in ("socks5", "socks5h"):
        return f"asks for a proxy of the kind {scheme}, which is not supported; use socks5 or an HTTP proxy"
    if find_spec("socksio") is None:
        return (
            f"asks for a SOCKS proxy ({scheme}), which needs one more package: pip install 'psosync[socks]'; "
            "or unset it"
        )
    return ""


def _unprintable(text: str) -> str:
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        return "it has a blank, a line end or a control character in it"
    return ""


def _bracket(host: str) -> str:
    return "a bracket in it is not closed" if host.count("[") != host.count("]") else ""
