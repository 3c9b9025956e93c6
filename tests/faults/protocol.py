# SPDX-License-Identifier: Apache-2.0
"""The messages of proto/, made anew by protoc, for Python.

    protocol.event.Event, protocol.terminal.Envelope, protocol.ledger.Commit
"""
import importlib
import subprocess
import sys
import tempfile

from cluster import SOURCE

PROTO = SOURCE / "proto"
NAMES = ("event", "terminal", "ledger", "report")


def compile_all():
    with tempfile.TemporaryDirectory(prefix="dealerpulse-proto-") as folder:
        subprocess.run(
            ["protoc", f"--proto_path={PROTO}", f"--python_out={folder}",
             *(f"{name}.proto" for name in NAMES)], check=True)
        sys.path.insert(0, folder)
        try:
            return [importlib.import_module(f"{n}_pb2") for n in NAMES]
        finally:
            sys.path.remove(folder)


event, terminal, ledger, report = compile_all()
