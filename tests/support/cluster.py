# SPDX-License-Identifier: Apache-2.0
"""A whole Dealerpulse on free ports of loopback, for one test.

    with Cluster(collectors=2, programme=..., dealers=...) as cluster:
        cluster.run_terminal("import", "--map", ..., file)
        cluster.rank("csi", "2013-06")

Everything lives in a temporary folder.  Leaving the block stops every process
and demands that each of them exits well; when the test failed, their logs are
printed first.  Only Python's standard library is used.
"""
import csv
import http.client
import io
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
BIN = Path(os.environ.get("DEALERPULSE_BIN", SOURCE / "build/release/bin"))
SHARED = Path(os.environ.get("DEALERPULSE_SHARED", SOURCE.parent / "shared"))
DATA = SHARED / "data"
WAIT_S = 120  # generous: tests judge what happens, never how fast


reserved = []  # sockets that say which ports are ours, while we live


def lowest_ephemeral():
    """The first port the kernel gives to connections by itself."""
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
            return int(file.read().split()[0])
    except OSError:
        return 32768


def reserve_port(port):
    """True once the port is ours: no other test has it, nobody listens there."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0dealerpulse-test-port-{port}")
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    reserved.append(claim)
    return True


def free_ports(count):
    """Ports nobody listens on, all different, and ours until this process ends.

    Ours: while a killed server is away, neither another test nor a connection
    of anybody may take its port.  So each is reserved by an abstract socket,
    and below the range from which the kernel serves connections.
    """
    dice = random.SystemRandom()
    below = lowest_ephemeral()
    lowest = 10000 if below > 11000 else 1024
    found = []
    for _ in range(10000):
        port = dice.randrange(lowest, below if below > 2048 else 65536)
        if reserve_port(port):
            found.append(port)
            if len(found) == count:
                return found
    raise AssertionError("there are no free ports")


def wait_until(what, condition, seconds=WAIT_S):
    """Polls until condition() is true; its value is returned."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain until {what}")
        time.sleep(0.05)


def wait_until_still(count):
    """Until count() has been the same for a second."""
    seen = []

    def stands():
        seen.append(count())
        return len(seen) > 20 and seen[-20] == seen[-1]
    wait_until("nothing changes any more", stands)


def listens(port):
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A program in the background with its log in a file."""

    def __init__(self, name, arguments, log):
        self.name, self.arguments, self.log = name, arguments, log
        self.popen = None

    def start(self):
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                [str(a) for a in self.arguments], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        return self

    def is_running(self):
        return self.popen is not None and self.popen.poll() is None

    def kill(self):
        """kill -9: no good-byes."""
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait(WAIT_S)

    def stop(self):
        """SIGTERM; the exit status."""
        if self.is_running():
            self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(WAIT_S)

    def log_text(self):
        return Path(self.log).read_text(errors="replace")


class Cluster:
    def __init__(self, programme, dealers, collectors=1, reporter=False,
                 terminal=None, keep=False):
        self.folder = Path(tempfile.mkdtemp(prefix="dealerpulse-test."))
        self.keep = keep
        self.processes = {}
        ports = free_ports(4 + collectors)
        self.port = dict(zip(("link", "query", "publish", "http"), ports))
        self.collector_ports = ports[4:]
        shutil.copy(programme, self.folder / "programme.yaml")
        shutil.copy(dealers, self.folder / "dealers.csv")
        self.store = self.folder / "store"
        self.store.mkdir()
        self.terminal = dict(name="terminal-1", role="dealer",
                             dealers=dealer_ids(dealers))
        self.terminal.update(terminal or {})
        self.has_reporter = reporter
        self.config = self.write_config("dealerpulse.yaml", 0, self.terminal)

    # --- Files ---------------------------------------------------------------

    def write_config(self, name, collector, terminal):
        """Writes a dealerpulse.yaml; returns its path."""
        p = self.port
        order = self.collector_ports[collector:] + \
            self.collector_ports[:collector]
        lines = [
            "programme: programme.yaml",
            "dealers: dealers.csv",
            "aggregator:",
            f"  listen: tcp://127.0.0.1:{p['link']}",
            f"  queries: tcp://127.0.0.1:{p['query']}",
            "  data: store",
            "collector:",
            f"  name: collector-{collector + 1}",
            f"  listen: tcp://127.0.0.1:{self.collector_ports[collector]}",
            f"  aggregator: tcp://127.0.0.1:{p['link']}",
            f"  queries: tcp://127.0.0.1:{p['query']}",
            "reporter:",
            f"  queries: tcp://127.0.0.1:{p['query']}",
            f"  publish: tcp://127.0.0.1:{p['publish']}",
            f"  http: 127.0.0.1:{p['http']}",
            "terminal:",
            f"  name: {terminal['name']}",
            f"  role: {terminal['role']}",
            f"  spool: {terminal.get('spool', terminal['name'] + '.db')}",
        ]
        if terminal["dealers"]:
            lines.append("  dealers:")
            lines += [f"    - {one}" for one in terminal["dealers"]]
        lines.append("  collectors:")
        lines += [f"    - tcp://127.0.0.1:{port}" for port in order]
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n")
        return path

    # --- Processes -----------------------------------------------------------

    def start(self, name, program, config):
        process = Process(name, [BIN / program, "--config", config],
                          self.folder / f"{name}.log")
        self.processes[name] = process.start()
        return process

    def start_aggregator(self):
        process = self.start("aggregator", "dealerpulse-aggregator",
                             self.config)
        self.wait_listening(process, self.port["link"], self.port["query"])
        return process

    def start_collector(self, index=0):
        name = f"collector-{index + 1}"
        config = self.write_config(f"{name}.yaml", index, self.terminal)
        process = self.start(name, "dealerpulse-collector", config)
        self.wait_listening(process, self.collector_ports[index])
        return process

    def start_reporter(self):
        process = self.start("reporter", "dealerpulse-reporter", self.config)
        self.wait_ready(process)
        return process

    def wait_ready(self, reporter):
        wait_until("the reporter is ready",
                   lambda: self.need(reporter) and
                   self.get("/readyz")[0] == 200)

    def need(self, process):
        if not process.is_running():
            raise AssertionError(
                f"{process.name} ended with {process.popen.returncode}")
        return True

    def wait_listening(self, process, *ports):
        wait_until(f"{process.name} listens", lambda: self.need(process) and
                   all(listens(port) for port in ports))

    def __enter__(self):
        try:
            self.start_aggregator()
            for index in range(len(self.collector_ports)):
                self.start_collector(index)
            if self.has_reporter:
                self.start_reporter()
        except BaseException:
            self.print_logs()
            self.end(demand=False)
            raise
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.print_logs()
        self.end(demand=kind is None)

    def end(self, demand):
        bad = []
        for name in ("reporter", *sorted(n for n in self.processes
                                         if n != "aggregator"), "aggregator"):
            process = self.processes.get(name)
            if process is None or process.popen is None:
                continue
            try:
                code = process.stop()
            except subprocess.TimeoutExpired:
                process.kill()
                code = "no answer to SIGTERM"
            if code not in (0, -signal.SIGKILL):
                bad.append(f"{name}: {code}")
        if bad and demand:
            self.print_logs()
        if self.keep:
            print(f"kept {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if bad and demand:
            raise AssertionError("did not exit well: " + "; ".join(bad))

    def print_logs(self):
        for process in self.processes.values():
            print(f"--- {process.log}", file=sys.stderr)
            print("\n".join(process.log_text().splitlines()[-60:]),
                  file=sys.stderr)

    # --- Programs a person types ----------------------------------------------

    def run(self, program, *arguments, config=None, codes=(0,), **options):
        """Runs a program to its end and returns it; codes are the wanted."""
        command = [BIN / program, *arguments]
        if config is not False:
            command += ["--config", config or self.config]
        done = subprocess.run([str(a) for a in command], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=10 * WAIT_S, **options)
        if codes is not None and done.returncode not in codes:
            raise AssertionError(
                f"{program} {' '.join(map(str, arguments))} exited "
                f"{done.returncode}, not {codes}:\n{done.stdout}{done.stderr}")
        return done

    def run_terminal(self, *arguments, **options):
        return self.run("dealerpulse-terminal", *arguments, **options)

    def run_console(self, *arguments, **options):
        return self.run("dealerpulse", *arguments, **options)

    def verify(self, **options):
        """`dealerpulse verify`: every tally equals its recomputation."""
        return self.run_console("verify", "--data", self.store, config=False,
                                **options)

    def rank(self, kpi, period=None, *more):
        """The ranking as JSON; without a period of the newest month."""
        arguments = ["rank", "--by", kpi, "--format", "json", *more]
        if period:
            arguments += ["--period", period]
        return json.loads(self.run_console(*arguments).stdout)

    def rows(self, kpi, period=None, *more):
        """dealer -> row of the ranking."""
        return {row["dealer"]: row
                for row in self.rank(kpi, period, *more)["rows"]}

    def get(self, path):
        """An HTTP GET of the reporter: (status, text); 0 when it is away."""
        status, body = self.get_bytes(path)
        return status, body.decode()

    def get_bytes(self, path):
        connection = http.client.HTTPConnection("127.0.0.1",
                                                self.port["http"], timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()


def dealer_ids(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        # A dealer has a row per change of region, owner, brand...
        return list(dict.fromkeys(row["id"] for row in csv.DictReader(file)))


def micro_text(micro):
    """71970370 -> "71.970370"."""
    sign = "-" if micro < 0 else ""
    return f"{sign}{abs(micro) // 10**6}.{abs(micro) % 10**6:06d}"


def read_csv(text):
    return list(csv.DictReader(io.StringIO(text)))


def reference_figures(dataset):
    """(group, figure) -> row of the reference figures of a data set."""
    with open(DATA / "reference_figures.csv", newline="") as file:
        rows = list(csv.reader(file))
    head = rows[0]
    found = {}
    for row in rows[1:]:
        if row[0] == dataset:
            found[row[1], row[2]] = dict(zip(head[3:], row[3:]))
    return found
