# SPDX-License-Identifier: Apache-2.0
"""Small disks of our own: in memory, or ext4 in a file.

    with Disk("ext4", 40) as disk:      # MiB
        disk.fill(leave=64 << 10); disk.clear()
"""
import os
import subprocess
import tempfile
from pathlib import Path

from ground import need_program, need_root, skip


class Disk:
    def __init__(self, kind, mebibytes):
        need_root(f"mounting {kind}")
        need_program("mount", "umount")
        self.folder = Path(tempfile.mkdtemp(prefix="dealerpulse-disk."))
        self.path = self.folder / "mnt"
        self.path.mkdir()
        if kind == "tmpfs":
            command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m",
                       "tmpfs", self.path]
        else:
            need_program("mkfs.ext4")
            image = self.folder / "image"
            with open(image, "wb") as file:
                file.truncate(mebibytes << 20)
            subprocess.run(["mkfs.ext4", "-qF", "-m", "0", image], check=True)
            command = ["mount", "-o", "loop", image, self.path]
        done = subprocess.run([str(a) for a in command], capture_output=True,
                              text=True)
        if done.returncode != 0:
            self.remove()
            skip(f"{kind} cannot be mounted here: {done.stderr.strip()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.unmount()
        self.remove()

    def unmount(self):
        subprocess.run(["umount", self.path], check=False,
                       capture_output=True).returncode == 0 or \
            subprocess.run(["umount", "-l", self.path], check=False)

    def remount(self):
        """The same ext4 again, as after a start of the machine."""
        self.unmount()
        subprocess.run(["mount", "-o", "loop", self.folder / "image",
                        self.path], check=True)

    def remove(self):
        for name in ("image",):
            (self.folder / name).unlink(missing_ok=True)
        self.path.rmdir()
        self.folder.rmdir()

    def free(self):
        info = os.statvfs(self.path)
        return info.f_bavail * info.f_frsize

    def fill(self, leave=0):
        """Leaves about so many bytes to everybody else."""
        with open(self.path / "filler", "ab", buffering=0) as file:
            step = 1 << 20
            while self.free() > leave and step >= 512:
                size = min(step, self.free() - leave)
                try:
                    if size <= 0 or file.write(bytes(size)) < size:
                        step //= 2
                except OSError:
                    step //= 2

    def clear(self):
        (self.path / "filler").unlink(missing_ok=True)
