# SPDX-License-Identifier: Apache-2.0
"""How a system test file ends: run its cases, or say why it is skipped."""
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


def main():
    unittest.main(verbosity=2)
