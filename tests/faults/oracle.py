# SPDX-License-Identifier: Apache-2.0
"""What must be true whatever happened.

The sender's ledger knows what was attempted (written and synced before the
first byte leaves) and what was acknowledged.  The store is read here by another
program than ours: LMDB's Python binding and protobuf's Python code.  judge()
demands

    acknowledged is stored; stored was attempted; each is stored once; the
    published figures are those of the stored events, computed here;
    `dealerpulse verify` finds every byte equal.
"""
import contextlib
import os
from collections import Counter

import lmdb

import protocol
from cluster import wait_until

MONTHS = "2026-01..2035-12"  # wide: the figures of everything there is
CHECKSUM = 4


class Ledger:
    """A sender's own account, in its own synced file."""

    may_stay_open = False  # every attempt gets an outcome in the end

    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)
        self.attempted = {}  # id -> (dealer, kind, value)
        self.bodies = {}     # id -> the bytes
        self.acked = {}      # id -> ACCEPTED or DUPLICATE
        self.rejected = {}   # id -> code
        self.retries = Counter()  # code -> how often

    def write(self, lines):
        self.file.write("".join(line + "\n" for line in lines).encode())
        os.fdatasync(self.file.fileno())

    def attempt(self, events):
        fresh = [e for e in events if e.id not in self.attempted]
        for event in fresh:
            self.attempted[event.id] = event.meaning
            self.bodies[event.id] = event.body
        if fresh:
            self.write(f"attempt {e.id.hex()}" for e in fresh)

    def outcome(self, told):
        """told: (event, kind, code) of one receipt."""
        lines = []
        for event, kind, code in told:
            if kind in ("ACCEPTED", "DUPLICATE"):
                self.acked.setdefault(event.id, kind)
                lines.append(f"acked {event.id.hex()} {kind}")
            elif kind == "REJECTED":
                self.rejected[event.id] = code
                lines.append(f"rejected {event.id.hex()} {code}")
            else:
                self.retries[code] += 1
        if lines:
            self.write(lines)


def commits(folder):
    """Every commit in a journal: (position, Commit), oldest first."""
    with lmdb.open(str(folder / "journal"), readonly=True, max_dbs=8,
                   map_size=1 << 30, readahead=False) as env:
        with env.begin() as txn:
            try:
                record = env.open_db(b"record", txn, create=False)
            except lmdb.NotFoundError:
                return []
            rows = [(int.from_bytes(key, "big"), bytes(value[:-CHECKSUM]))
                    for key, value in txn.cursor(record)]
    return [(position, protocol.ledger.Commit.FromString(value))
            for position, value in rows]


@contextlib.contextmanager
def writing(folder):
    """A transaction that alters a store at rest, for controls."""
    with lmdb.open(str(folder), max_dbs=16, map_size=1 << 26) as env:
        record = env.open_db(b"record", create=False)
        with env.begin(write=True) as txn:
            yield txn, record


def demand_a_loss_is_found(case, ground, ledgers, tally):
    """The control: the last commit is taken out of the journal at rest."""
    with writing(ground.store / "journal") as (txn, record):
        with txn.cursor(record) as cursor:
            cursor.last()
            cursor.delete()
    with case.assertRaisesRegex(AssertionError, "'lost': [1-9]"):
        judge(ground, ledgers)
    tally.control("a lost record is found out")


def stored_events(folder):
    """Ids of every event in a journal, as often as they stand there."""
    found = []
    for _, commit in commits(folder):
        for parcel in commit.parcels:
            for delivery in parcel.deliveries:
                found.append(
                    protocol.event.Event.FromString(delivery.body).id)
    return found


def journal_end(folder):
    rows = commits(folder)
    return rows[-1][0] if rows else 0


def compare(ledgers, stored):
    """The figures of all ledgers against the list of stored ids."""
    attempted, acked = {}, set()
    for ledger in ledgers:
        attempted.update(ledger.attempted)
        acked.update(ledger.acked)
    times = Counter(stored)
    lost = [i for i in acked if times[i] == 0]
    doubled = [i for i, n in times.items() if n > 1]
    strange = [i for i in times if i not in attempted]
    figures = dict(acked=len(acked), counted=sum(
        1 for i in acked if times[i] == 1), lost=len(lost),
        doubled=len(doubled), wrong=len(strange))
    return figures, attempted


def expected(meanings):
    """dealer -> [answers, sum of OSAT, visits] of these events."""
    sums = {}
    for dealer, kind, value in meanings:
        row = sums.setdefault(dealer, [0, 0, 0])
        if kind == "answer":
            row[0] += 1
            row[1] += value
        elif kind == "visit":
            row[2] += 1
    return sums


def published(cluster):
    """The same out of `dealerpulse rank`."""
    sums = {}
    for dealer, row in cluster.rows("mean_OSAT", MONTHS).items():
        if row["n"]:
            sums.setdefault(dealer, [0, 0, 0])[:2] = [row["n"], row["num"]]
    for dealer, row in cluster.rows("visits", MONTHS).items():
        if row["n"]:
            sums.setdefault(dealer, [0, 0, 0])[2] = row["n"]
    return sums


def wait_folded(cluster):
    """Until the published figures stand where the journal ends."""
    end = journal_end(cluster.store)
    wait_until("all is folded and published",
               lambda: cluster.rank("mean_OSAT", MONTHS)["position"] >= end)


def judge(cluster, ledgers, tally=None, all_decided=True):
    """Demands everything; the aggregator runs.  Returns the figures."""
    ids = stored_events(cluster.store)
    figures, attempted = compare(ledgers, ids)
    if all_decided:
        undecided = [i for ledger in ledgers
                     if not ledger.may_stay_open for i in ledger.attempted
                     if i not in ledger.acked and i not in ledger.rejected]
        if undecided:
            raise AssertionError(f"{len(undecided)} events without an outcome")
    condemn(figures, tally)
    wait_folded(cluster)
    meanings = [attempted[i] for i in ids]
    want, got = expected(meanings), published(cluster)
    figures["wrong"] = sum(1 for d in {*want, *got}
                           if want.get(d) != got.get(d))
    condemn(figures, tally, f"figures wanted {want}, got {got}")
    done = cluster.verify(codes=None)
    figures["wrong"] += done.returncode != 0
    condemn(figures, tally, f"verify exited {done.returncode}: {done.stdout}"
            f"{done.stderr}")
    if tally:
        tally.add_events(figures)
    return figures


def condemn(figures, tally, detail=""):
    """Raises when something is lost, doubled or wrong; it is counted then."""
    if figures["lost"] or figures["doubled"] or figures["wrong"]:
        if tally:
            tally.add_events(figures)
        raise AssertionError(f"{figures} {detail}")
