# SPDX-License-Identifier: Apache-2.0
"""A file with broken rows: the good ones count, the bad ones are listed with
line, column and reason, and the exit status says so.
"""
import json
import unittest

from cluster import SOURCE, Cluster
import suite

SAMPLE = SOURCE / "deploy/samples/ecsi"
MAP = SOURCE / "deploy/maps/ecsi_mobi.yaml"
HEAD = ("CUEX1,CUEX2,CUEX3,CUSA1,CUSA2,CUSA3,CUSCO,CUSL1,CUSL2,CUSL3,IMAG1,"
        "IMAG2,IMAG3,IMAG4,IMAG5,PERQ1,PERQ2,PERQ3,PERQ4,PERQ5,PERQ6,PERQ7,"
        "PERV1,PERV2")
WIDTH = HEAD.count(",") + 1


def row(**changed):
    """A good row of sevens but for the columns named."""
    names = HEAD.split(",")
    return ",".join(str(changed.get(name, 7)) for name in names)


class BrokenRows(unittest.TestCase):
    def write(self, cluster, *lines, end="\n"):
        path = cluster.folder / "answers.csv"
        path.write_bytes(
            b"".join(line if isinstance(line, bytes)
                     else (line + end).encode() for line in lines))
        return path

    def rejects(self, path):
        text = path.with_name(path.name + ".rejects.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def open(self):
        return Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv")

    def test_good_rows_count_and_bad_ones_are_listed(self):
        with self.open() as cluster:
            path = self.write(
                cluster, HEAD, row(),
                row(CUSA1="eleven"),         # line 3: no number
                row(CUSA2=11),               # line 4: off its scale
                row(),
                "7,7,7",                     # line 6: too few columns
                row() + ",7",                # line 7: too many
                row(PERV1="\0"),             # line 8: a NUL
                b"\xff" + row().encode()[1:] + b"\n",  # line 9: no UTF-8
                row())
            done = cluster.run_terminal("import", "--map", MAP, path,
                                        codes=(65,))
            lines = {reject["line"]: reject for reject in self.rejects(path)}
            self.assertEqual(sorted(lines), [3, 4, 6, 7, 8, 9], done.stderr)
            for line, column in ((3, "CUSA1"), (4, "CUSA2"), (8, "PERV1"),
                                 (9, "CUEX1")):
                self.assertEqual(lines[line]["column"], column, lines[line])
            for reject in lines.values():
                self.assertTrue(reject["code"], reject)
                self.assertTrue(reject["text"], reject)
            self.assertEqual(cluster.rank("responses")["total"]["n"], 3)
            cluster.verify()

    def test_a_mended_file_adds_only_what_was_missing(self):
        with self.open() as cluster:
            path = self.write(cluster, HEAD, row(), row(CUSA1="x"), row())
            cluster.run_terminal("import", "--map", MAP, path, codes=(65,))
            path = self.write(cluster, HEAD, row(), row(CUSA1=3), row())
            done = cluster.run_terminal("import", "--map", MAP, path)
            self.assertRegex(done.stdout + done.stderr, r"2 duplicate")
            total = cluster.rank("mean_CUSA1")["total"]
            self.assertEqual((total["num"], total["n"]), (7 + 3 + 7, 3))
            cluster.verify()

    def test_carriage_returns_at_line_ends_are_fine(self):
        with self.open() as cluster:
            path = self.write(cluster, HEAD, row(), row(), end="\r\n")
            cluster.run_terminal("import", "--map", MAP, path)
            self.assertEqual(cluster.rank("responses")["total"]["n"], 2)

    def test_a_missing_column_is_an_error_of_the_whole_file(self):
        with self.open() as cluster:
            path = self.write(cluster, HEAD.replace("CUSA1", "CUSAX"), row())
            done = cluster.run_terminal("import", "--map", MAP, path,
                                        codes=(65,))
            self.assertIn("CUSA1", done.stderr)

    def test_a_dry_run_sends_nothing(self):
        with self.open() as cluster:
            path = self.write(cluster, HEAD, row(), row())
            cluster.run_terminal("import", "--dry-run", "--map", MAP, path)
            done = cluster.run_terminal("import", "--map", MAP, path)
            self.assertNotRegex(done.stdout + done.stderr, r"[1-9] duplicate")
            self.assertEqual(cluster.rank("responses")["total"]["n"], 2)


if __name__ == "__main__":
    suite.main()
