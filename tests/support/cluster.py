"""A cluster of Spark on this machine: a driver, and workers in processes of their own, as tests need it."""

import os
import shutil
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: Two workers of one core and a gigabyte each. Short runs: little of what Java compiles would pay for itself.
#: One driver serves all tests. Spark remembers the plans it ran, for a page that nobody opens: it keeps few of them.
MASTER = "local-cluster[2,1,1024]"
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
CONFIGURATION = {
    "spark.master": MASTER,
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "3g",
    "spark.sql.ui.retainedExecutions": "5",
    "spark.ui.retainedJobs": "20",
    "spark.ui.retainedStages": "20",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.executor.extraJavaOptions": QUICK,
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}


def environment(folder: Path) -> dict[str, str]:
    """What a cluster needs in the environment; its workers write into `folder`. Skips where Spark cannot be."""
    pyspark = pytest.importorskip("pyspark", reason="needs PySpark: make test-spark installs it")
    if shutil.which("java") is None:
        pytest.skip("needs Java 17: .ci/install installs it on a Debian")
    return {
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_WORKER_DIR": str(folder / "workers"),
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
    }


def start(folder: Path) -> Any:
    """A session on a new cluster."""
    os.environ |= environment(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        settings = CONFIGURATION | {"spark.sql.warehouse.dir": str(folder / "warehouse")}
        return SparkSession.builder.appName("tests").config(map=settings).getOrCreate()


def executors(below: int) -> list[int]:
    """Process ids of the executors that a process started, itself or by way of others."""
    parents, running = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        parents[int(folder.name)] = int(after_name[1])
        if any(word.endswith(b"CoarseGrainedExecutorBackend") for word in words) and after_name[0] != "Z":
            running.append(int(folder.name))

    def ancestors(process: int) -> Iterator[int]:
        while process in parents:
            process = parents[process]
            yield process

    return sorted(process for process in running if below in ancestors(process))


def kill(process: int) -> None:
    """As the kernel does when memory runs out: at once, without a word."""
    os.kill(process, signal.SIGKILL)
