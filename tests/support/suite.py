# SPDX-License-Identifier: Apache-2.0
"""How a system test file ends: run its cases, or say why it is skipped."""
import importlib.util
import shutil
import sys
import unittest

from cluster import DATA

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def need_data(*names):
    """Skips the whole file unless the real data sets are there."""
    missing = [name for name in names if not (DATA / name).is_file()]
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not found in {DATA}")
        sys.exit(SKIPPED)


def need_python_terminal():
    """Skips the whole file unless python_terminal.py can run."""
    missing = [name for name in ("zmq", "google.protobuf")
               if not found(name)]
    if shutil.which("protoc") is None:
        missing.append("protoc")
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed (Debian: "
              "python3-zmq python3-protobuf protobuf-compiler)")
        sys.exit(SKIPPED)


def found(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def main():
    unittest.main(verbosity=2)
