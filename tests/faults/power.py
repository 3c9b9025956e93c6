# SPDX-License-Identifier: Apache-2.0
"""The disks a power cut could leave behind, from a log of tools/recorder.c.

The model, per file: what was written before a sync that has returned is there.
Of what was written since, each 512-byte sector of each write may or may not be
there, in any combination; a write through O_DSYNC is there when it returned.  A
new file that was never synced may be absent; a removed one may be back, and a
renamed one have its old name, until its folder was synced.  A change of length holds from the sync on, before it
holds or does not.

    for state in Enumerator(read_log(path)).states(1000, random.Random(7)):
        state.write(folder)      # state.sent, state.marks: known by then
"""
import struct
from types import SimpleNamespace

(OPEN, WRITE, THROUGH, SYNC_BEGIN, SYNC_END, TRUNCATE, UNLINK, RENAME, SEND,
 MARK) = range(1, 11)
HEAD = struct.Struct("=4Q")
SECTOR = 512
UNTRACKED = ("lock.mdb", ".lock", "-shm", ".sender")  # rebuilt by every start


def read_log(path):
    """[(operation, file, offset, bytes)]"""
    data = path.read_bytes()
    entries, at = [], 0
    while at + HEAD.size <= len(data):
        operation, file, offset, length = HEAD.unpack_from(data, at)
        at += HEAD.size
        entries.append((operation, file, offset, data[at:at + length]))
        at += length
    return entries


class File:
    """One file: what is surely there, and what may be."""

    def __init__(self):
        self.base = bytearray()
        self.pending = []    # (operation, offset, bytes)
        self.is_sure = False  # that it exists
        self.is_gone = False  # unlinked, and nobody synced the folder yet
        self.old_path = None  # before a rename, likewise

    @staticmethod
    def put(content, offset, data):
        if len(content) < offset + len(data):
            content.extend(bytes(offset + len(data) - len(content)))
        content[offset:offset + len(data)] = data

    @classmethod
    def apply(cls, content, change):
        operation, offset, data = change
        if operation == TRUNCATE:
            if offset < len(content):
                del content[offset:]
            else:
                content.extend(bytes(offset - len(content)))
        else:
            cls.put(content, offset, data)

    def settle(self, count):
        """The first `count` pending changes are on disk."""
        for change in self.pending[:count]:
            self.apply(self.base, change)
        del self.pending[:count]
        self.is_sure = True

    def tear(self, content, change, dice):
        """Some sectors of a write."""
        _, offset, data = change
        at = 0
        while at < len(data):
            end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
            if dice.random() < 0.5:
                self.put(content, offset + at, data[at:end])
            at = end

    def draw(self, dice):
        """One content the disk may have; None: no such file."""
        if self.is_gone and dice.random() < 0.5:
            return None
        if not self.is_sure and dice.random() < 0.5:
            return None
        content = bytearray(self.base)
        mode = dice.choice(("all", "none", "some", "torn", "but one", "last"))
        last = len(self.pending) - 1
        missing = dice.randrange(last + 1) if self.pending else 0
        for number, change in enumerate(self.pending):
            keep = {"all": True, "none": False, "torn": True,
                    "some": dice.random() < 0.5, "but one": number != missing,
                    "last": number == last}[mode]
            if change[0] == THROUGH:
                self.apply(content, change)
            elif mode == "torn" and change[0] == WRITE:
                self.tear(content, change, dice)
            elif keep:
                self.apply(content, change)
        return bytes(content)


class State(SimpleNamespace):
    """files: path below the root -> bytes; sent, marks: messages and notes the
    program had let out by then; at: the index in the log."""

    def write(self, folder):
        for path, content in self.files.items():
            whole = folder / path.lstrip("/")
            whole.parent.mkdir(parents=True, exist_ok=True)
            whole.write_bytes(content)


class Enumerator:
    def __init__(self, log):
        self.log = log
        self.paths = {}   # file number -> path
        self.files = {}   # path -> File
        self.begun = {}   # file number -> pending changes when its sync began
        self.sent, self.marks = [], []

    def step(self, entry):
        operation, number, offset, data = entry
        if operation == OPEN:
            path = data.decode()
            self.paths[number] = path
            if offset == 1:  # created: whatever bore that name is gone
                self.files[path] = File()
            elif offset == 0:
                self.files.setdefault(path, File())
        elif operation in (WRITE, THROUGH, TRUNCATE):
            file = self.files.get(self.paths[number])
            if file:
                file.pending.append((operation, offset, data))
        elif operation == SYNC_BEGIN:
            file = self.files.get(self.paths[number])
            self.begun[number] = len(file.pending) if file else 0
        elif operation == SYNC_END:
            self.synced(number)
        elif operation == UNLINK:
            file = self.files.get(data.decode())
            if file:
                file.is_gone = True
        elif operation == RENAME:
            old, new = data.decode().split("\0")
            self.rename(old, new)
        elif operation == SEND:
            self.sent.append(data)
        elif operation == MARK:
            self.marks.append(data)

    def rename(self, old, new):
        file = self.files.pop(old, None)
        if file:
            file.old_path = old
            self.files[new] = file
            for number in [n for n, p in self.paths.items() if p == old]:
                self.paths[number] = new

    def synced(self, number):
        path = self.paths[number]
        count = self.begun.pop(number, 0)
        if path in self.files:
            self.files[path].settle(count)
        for other in [p for p, f in self.files.items()
                      if f.is_gone and p.rpartition("/")[0] == path]:
            del self.files[other]
        for other, file in self.files.items():
            if other.rpartition("/")[0] == path:
                file.old_path = None

    def draw(self, dice, at):
        files = {}
        for path, file in self.files.items():
            if path.endswith(UNTRACKED):
                continue
            content = file.draw(dice)
            if content is not None:
                before = file.old_path and dice.random() < 0.5
                files[file.old_path if before else path] = content
        return State(files=files, sent=len(self.sent), marks=len(self.marks),
                     at=at)

    def states(self, count, dice, until=None):
        """`count` states at random places up to entry `until`, in the order
        of the log."""
        last = len(self.log) if until is None else until
        cuts = sorted(dice.randrange(last + 1) for _ in range(count))
        next_cut = 0
        for at in range(len(self.log) + 1):
            while next_cut < len(cuts) and cuts[next_cut] == at:
                yield self.draw(dice, at)
                next_cut += 1
            if at < len(self.log):
                self.step(self.log[at])
