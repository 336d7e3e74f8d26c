"""The served site from outside, over plain http as on one machine: a user can really log in."""

import http.cookiejar
import os
import re
import select
import socket
import subprocess
import sys
import urllib.parse
import urllib.request

import pytest

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def demo():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["demo", "--days", "3", "--port", str(port)]
    program = subprocess.Popen(
        [sys.executable, "-m", "inbaar.cli", *words], env=os.environ, stdout=subprocess.PIPE, text=True
    )
    try:
        yield f"http://127.0.0.1:{port}/", password_of(program)
    finally:
        program.terminate()
        program.wait(timeout=30)


def password_of(program: subprocess.Popen[str]) -> str:
    """The password the demonstration prints before it serves."""
    assert program.stdout is not None
    for line in program.stdout:
        if found := re.search(r"with password (\S+)", line):
            return found[1]
    raise AssertionError("the demonstration ended without a password")


def opened(browser: urllib.request.OpenerDirector, address: str, form: dict[str, str] | None = None) -> str:
    """A page, once the server listens."""
    request = urllib.request.Request(
        address, urllib.parse.urlencode(form).encode() if form else None, {"Referer": address}
    )
    for _ in range(200):
        try:
            with browser.open(request, timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            select.select([], [], [], 0.1)
    raise AssertionError(f"nothing listens at {address}")


def test_the_printed_user_logs_in_over_plain_http(demo):
    address, password = demo
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opened(browser, address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"login": "demo@inbaar.example", "password": password, "csrfmiddlewaretoken": token[1]}
    assert "<h1>Overzicht</h1>" in opened(browser, f"{address}account/login/?next=/", form)
    assert "<h1>Facturen</h1>" in opened(browser, f"{address}invoices/")
