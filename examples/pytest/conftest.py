"""Fixtures that run Accord: every test has an AWS Organizations of its own.

Copy this file beside your tests. It needs boto3, and the program accord on the PATH or
named by the variable ACCORD.
"""

import json
import os
import subprocess
import urllib.request

import boto3
import pytest

MANAGEMENT = "111111111111"


class Accord:
    """A running server, on free ports and with a clock that only tests move."""

    def __init__(self):
        self.process = subprocess.Popen(
            [os.environ.get("ACCORD", "accord"), "serve", "--store", "memory", "--clock", "virtual",
             "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, text=True,
        )
        # It prints a script for a shell, with "# ready" as the last line.
        self.variables = {}
        for line in self.process.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").rstrip().partition("=")
                self.variables[name] = value
            if line.startswith("# ready"):
                return
        raise RuntimeError(f"accord ended with status {self.process.wait()}")

    def client(self, account=MANAGEMENT, service="organizations"):
        """A client that calls as the root user of an account."""
        return boto3.Session(
            aws_access_key_id=account, aws_secret_access_key="anything", region_name="us-east-1",
        ).client(service, endpoint_url=self.variables["AWS_ENDPOINT_URL_ORGANIZATIONS"])

    def environ(self, account=MANAGEMENT):
        """The environment of a program under test: its AWS clients call this server."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return env | self.variables | {"AWS_ACCESS_KEY_ID": account}

    def register(self, account, email):
        """Give an account an address."""
        self.admin("POST", "/accounts", {"id": account, "email": email})

    def advance(self, by):
        """Move the clock, e.g. by "15d". What becomes due on the way has happened after it."""
        self.admin("POST", "/clock", {"advance": by})

    def reset(self):
        """Delete all accounts, organizations and faults."""
        self.admin("POST", "/reset")

    def admin(self, method, path, body=None):
        """Call the admin API."""
        request = urllib.request.Request(
            self.variables["ACCORD_ADMIN"] + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def stop(self):
        self.process.terminate()
        self.process.wait()


@pytest.fixture(scope="session")
def accord_server():
    server = Accord()
    yield server
    server.stop()


@pytest.fixture
def accord(accord_server):
    """The server, empty at the start of each test."""
    accord_server.reset()
    return accord_server
