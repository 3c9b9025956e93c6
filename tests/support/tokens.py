# SPDX-License-Identifier: Apache-2.0
"""A whole Dealerpulse whose reporter asks for tokens, and its readers."""
import http.client
import itertools
import json
import re

from cluster import WAIT_S, Cluster


class TokenCluster(Cluster):
    """As Cluster; its reporter asks for tokens."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.tokens = {}
        text = self.config.read_text()
        self.config.write_text(text.replace(
            "reporter:", "reporter:\n  tokens: tokens.csv\n"
            "  audit: audit.jsonl"))
        self.new("boss", "hq")
        self.sources = itertools.count(2)

    def elsewhere(self):
        """An address nobody failed from yet: who guesses has to wait."""
        return f"127.0.0.{next(self.sources)}"

    def type_tokens(self, *arguments, codes=(0,)):
        return self.run_console("tokens", *arguments, codes=codes).stdout

    def new(self, name, scope, *more):
        told = self.type_tokens("new", name, "--scope", scope, *more)
        self.tokens[name] = re.search(r"dpt_[0-9a-f]{64}", told)[0]
        return self.tokens[name]

    def ask(self, path, who=None, method="GET", body=None, token=None,
            source="127.0.0.1", **headers):
        """(status, headers, body) of a request, with somebody's token."""
        token = token or self.tokens.get(who)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        link = self.link(source)
        try:
            link.request(method, path, body,
                         {name.replace("_", "-"): value
                          for name, value in headers.items()})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            link.close()

    def get_bytes(self, path):
        """As Cluster's, over TLS where link() is."""
        try:
            status, _, body = self.ask(path)
            return status, body
        except OSError:
            return 0, b""

    def link(self, source="127.0.0.1"):
        return http.client.HTTPConnection(
            "127.0.0.1", self.port["http"], timeout=WAIT_S,
            source_address=(source, 0))

    def audit(self):
        text = (self.folder / "audit.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]
