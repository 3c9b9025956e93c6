# SPDX-License-Identifier: Apache-2.0
"""Another hand in a store at rest: whoever may write the files."""
import unittest

try:
    import lmdb
except ImportError:
    lmdb = None


def needs_lmdb(case):
    """Skips a test, or a class of them, loudly where there is no such hand."""
    if lmdb is None:
        print(f"SKIPPED: {case.__name__}: python3-lmdb is not installed",
              flush=True)
        return unittest.skip("python3-lmdb is not installed")(case)
    return case


def edit(environment, database, change):
    """change(cursor) edits; the file is written as by any LMDB program."""
    with lmdb.open(str(environment), max_dbs=16, map_size=1 << 30) as env:
        handle = env.open_db(database.encode(), create=False)
        with env.begin(write=True, db=handle) as txn:
            with txn.cursor() as cursor:
                change(cursor)
