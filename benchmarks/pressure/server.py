"""The mock in a process of its own: its port, its log, its memory."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

_DROPPED = re.compile(r"organisation '([^']+)' was dropped")


class Server:
    """A server that runs: where it listens, what it logged, and when it dropped which organisation."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.port = port
        self.log: list[str] = []
        self.dropped: dict[str, float] = {}
        self.drops = 0
        self._process = process

    @property
    def runs(self) -> bool:
        """Whether the process lives."""
        return self._process.returncode is None

    def resident(self, mark: str = "VmRSS") -> float:
        """Return the resident set of the process in MB; of `VmHWM`, the largest it ever was."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        found = re.search(rf"{mark}:\s+(\d+) kB", status)
        return int(found[1]) / 1000 if found else 0.0

    async def listen(self) -> None:
        """Read the log as it is written."""
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            text = line.decode("utf-8", "replace").rstrip()
            dropped = _DROPPED.search(text)
            if dropped:
                self.drops += 1
                self.dropped[dropped[1]] = perf_counter()
            else:
                self.log.append(text)


@asynccontextmanager
async def serving(folder: Path, *options: str) -> AsyncIterator[Server]:
    """Run the mock of a checkout with these options, on a free port."""
    command = [sys.executable, "-m", "mock_server", "--port", "0", *options]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=pipe, stderr=pipe, limit=1 << 24)
    assert process.stdout is not None
    ready = (await process.stdout.readline()).decode()
    found = re.search(r"http://[^\s/]+:(\d+)", ready)
    if found is None:
        assert process.stderr is not None
        raise SystemExit(f"the server did not start: {(await process.stderr.read()).decode()}")
    server = Server(process, int(found[1]))
    listening = asyncio.create_task(server.listen())
    try:
        yield server
    finally:
        if server.runs:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
        await listening
