"""A server inside somebody else's process leaves that process as it was: while it runs, and after it."""

import subprocess
import sys

import pytest

SNAPSHOT = """
import asyncio, gc, logging, os, signal, sys, threading, warnings

OURS = "mock_server"

def told(logger):
    handlers = [handler for handler in logger.handlers if not isinstance(handler, logging.NullHandler)]
    return logger.level, logger.propagate, logger.disabled, handlers, logger.filters[:]

def snapshot():
    loggers = {name: told(logger) for name, logger in logging.root.manager.loggerDict.items()
               if isinstance(logger, logging.Logger) and not name.startswith(OURS)}
    umask = os.umask(0)
    os.umask(umask)
    return {
        "loggers": {name: state for name, state in loggers.items() if state != (0, True, False, [], [])},
        "root logger": told(logging.root),
        "levels": logging.getLevelNamesMapping(),
        "logger class": (logging.getLoggerClass(), logging.getLogRecordFactory(), logging.lastResort),
        "environment": dict(os.environ),
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "wakeup": signal.set_wakeup_fd(-1),
        "warnings": warnings.filters[:],
        "event loops": type(asyncio.get_event_loop_policy()),
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook),
        "folder": (os.getcwd(), umask),
        "garbage": gc.get_threshold(),
        "recursion": sys.getrecursionlimit(),
    }

def same(when, before):
    now = snapshot()
    changed = {name: (value, now[name]) for name, value in before.items() if value != now[name]}
    assert not changed, (when, changed)

logging.getLogger("uvicorn.access").setLevel(logging.DEBUG)  # somebody else's uvicorn, with a log of its own
logging.getLogger("uvicorn.access").addHandler(logging.StreamHandler())
before = snapshot()
from mock_server import MockServer, OrganisationClient, create_app
same("imported", before)
"""

USES = {
    "import alone": "import mock_server.command, mock_server.server, mock_server.app, mock_server.pytest_plugin",
    "never entered": "MockServer()",
    "one": "with MockServer() as a: OrganisationClient(a.url).reset(); same('within', before)",
    "nested": """
with MockServer() as a:
    with MockServer() as b:
        OrganisationClient(b.url).reset()
        same("within", before)
    OrganisationClient(a.url).reset()
    same("between", before)
""",
    "in a thread": """
def use():
    with MockServer() as a:
        OrganisationClient(a.url).reset()
threads = [threading.Thread(target=use) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
    "error within": """
try:
    with MockServer() as a:
        OrganisationClient(a.url).reset()
        1 / 0
except ZeroDivisionError:
    pass
""",
    "pages and what they refuse": """
import requests
with MockServer() as a:
    for path in ("/ui/", "/_mock/", "/nowhere", "/training/record/nobody/"):
        requests.get(a.url + path)
    requests.post(a.url + "/ui/")
    same("within", before)
""",
    "in a running loop": """
async def use():
    with MockServer() as a:
        await asyncio.to_thread(OrganisationClient(a.url).reset)
asyncio.run(use())
""",
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_process_is_as_it_was_and_nothing_was_said(use: str) -> None:
    program = f"{SNAPSHOT}\n{use}\nsame('at the end', before)\n"
    program += "[thread.join(30) for thread in threading.enumerate() if thread is not threading.main_thread()]\n"
    program += "assert threading.active_count() == 1, threading.enumerate()\n"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
