"""A real Spark cluster for tests: a standalone master and two workers, each a process of its own, on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For Java processes that live for minutes: what they compile is compiled quickly and not well."""
SMALL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": QUICK_START,
    "spark.executor.extraJavaOptions": QUICK_START,
    "spark.executor.cores": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.task.maxFailures": "3",
}
"""Settings of every application on the cluster."""


def on_a_machine(folder: Path) -> list[str]:
    """What comes before a command that is to see ``folder`` as its /tmp and nothing of anybody else's: a view of the disk of its own.

    It works as root on Linux, or where users may have namespaces (``machines_can_be_made``).
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
    return ["unshare", *own, "--propagation", "private", "sh", "-c", 'mount --bind "$0" /tmp && cd /tmp && exec "$@"', str(folder)]


def machines_can_be_made(folder: Path) -> bool:
    """Whether ``on_a_machine`` works here, and Python and the package are seen there too."""
    try:
        seen = ["test", "-x", sys.executable, "-a", "-e", __file__]
        return subprocess.run([*on_a_machine(folder), *seen], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


class Cluster:
    """Starts when made; ``stop`` ends every process it started. Logs lie in ``folder``.

    With ``apart`` each worker is on a machine of its own (``on_a_machine``): its /tmp is ``folder/machineN``, and it has an address
    of its own, since executors of one address read each other's files.
    """

    def __init__(self, folder: Path, workers: int = 2, *, apart: bool = False) -> None:
        import pyspark

        self.home = Path(pyspark.__file__).parent
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"spark://127.0.0.1:{port}"
        self.processes = [self._start([], MASTER, "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")]
        _wait_for(port)
        for number in range(workers):
            machine = on_a_machine(folder / f"machine{number}") if apart else []
            place = "/tmp/work" if apart else str(folder / f"work{number}")  # noqa: S108 - the machine's own
            host = f"127.0.0.{number + 2}" if apart else "127.0.0.1"
            own = ["--host", host, "--webui-port", "0", "--cores", "2", "--memory", "1200m", "--work-dir", place]
            self.processes.append(self._start(machine, WORKER, *own, self.url, host=host))

    def _start(self, machine: list[str], name: str, *arguments: str, host: str = "127.0.0.1") -> subprocess.Popen[bytes]:
        tests = Path(__file__).parent
        paths = [str(tests.parent.parent), str(tests.parent), str(tests), os.environ.get("PYTHONPATH", "")]
        settings = {"SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": host, "PYSPARK_PYTHON": sys.executable}
        log = (self.folder / f"{name.rsplit('.', 1)[1]}-{time.monotonic_ns()}.log").open("wb")
        command = [*machine, str(self.home / "bin" / "spark-class"), name, *arguments]
        settings |= {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": QUICK_START}
        if machine:
            settings["TMPDIR"] = "/tmp"  # noqa: S108 - the machine's own
        environment = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def executors(self) -> list[int]:
        """Process ids of the executors: the workers' children."""
        parents = {process.pid for process in self.processes[1:]}
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # ended meanwhile
            if int(fields[1]) in parents and fields[0] != "Z":
                found.append(int(status.parent.name))
        return sorted(found)

    def kill_executor(self) -> int:
        """SIGKILL one executor; its process id."""
        victim = self.executors()[0]
        os.kill(victim, signal.SIGKILL)
        return victim

    def stop(self) -> None:
        """End master and workers."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(30)


def _wait_for(port: int, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"no Spark master on port {port} after {seconds:.0f} s")
