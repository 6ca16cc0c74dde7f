"""The API as a developer writes it with Flask: functions, a table of sqlite, times to the second."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from .directory import PACKAGES, PEOPLE, assignments
from .habit import framework
from .hosting import Honest

COLUMNS = ("api_id", "person_api_id", "package_api_id", "date_started", "date_completed")


def database() -> sqlite3.Connection:
    """Return the table with what other people have."""
    made = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    made.row_factory = sqlite3.Row
    made.execute("CREATE TABLE package (api_id TEXT PRIMARY KEY, name TEXT, description TEXT)")
    made.execute("CREATE TABLE person (api_id TEXT PRIMARY KEY, name TEXT)")
    made.execute(
        "CREATE TABLE record (api_id TEXT PRIMARY KEY, person_api_id TEXT REFERENCES person, package_api_id TEXT "
        "REFERENCES package, date_assigned TEXT, date_started TEXT, date_completed TEXT)"
    )
    made.execute("PRAGMA foreign_keys = ON")
    made.executemany("INSERT INTO package VALUES (?, ?, ?)", [(key, *texts) for key, texts in PACKAGES.items()])
    made.executemany("INSERT INTO person VALUES (?, ?)", PEOPLE.items())
    for given in assignments():
        dates = [instant and stamp(instant) for instant in (given.assigned, given.started, given.completed)]
        made.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", (uuid4().hex, given.person, given.package, *dates))
    return made


def stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def read_date(text: Any) -> str | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
        return stamp(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    except (TypeError, ValueError, OverflowError):
        raise Invalid(f"{text!r} is no date") from None


class Invalid(Exception):
    """What a client sent is refused."""


def create_app(db: sqlite3.Connection, lock: threading.Lock, aimed: list[str]) -> Flask:  # noqa: C901 - its functions are the addresses of the API
    """Return the application on this table."""
    app = Flask(__name__)
    shown = (
        "SELECT record.*, description AS package_desc FROM record "
        "JOIN package ON package_api_id = package.api_id JOIN person ON person_api_id = person.api_id "
    )

    def one(api_id: str) -> dict[str, Any] | None:
        row = db.execute(shown + "WHERE record.api_id = ?", (api_id,)).fetchone()
        return dict(row) if row else None

    def fields() -> dict[str, Any]:
        body = request.get_json()
        if not isinstance(body, dict):
            raise Invalid("send an object")
        given = {name: body[name] for name in COLUMNS if name in body}
        for name in ("date_started", "date_completed"):
            if name in given:
                given[name] = read_date(given[name])
        for name in COLUMNS[:3]:
            if name in given and not (isinstance(given[name], str) and given[name].isprintable()):
                raise Invalid(f"{name} is a text")
        if (
            "/" in given.get("api_id", "")
            or len(given.get("api_id", "")) > 100
            or given.get("api_id") in ("", ".", "..")
        ):
            raise Invalid("no api_id")
        return given

    def missing(message: str = "no such record") -> ResponseReturnValue:
        return jsonify(message=message), 404

    @app.errorhandler(Invalid)
    def invalid(error: Invalid) -> ResponseReturnValue:
        return jsonify(message=str(error)), 400

    @app.errorhandler(sqlite3.IntegrityError)
    def conflict(error: sqlite3.IntegrityError) -> ResponseReturnValue:
        return jsonify(message=str(error)), 409

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        return jsonify(message=error.description), error.code or 500

    @app.get("/training/record/")
    def list_records() -> ResponseReturnValue:
        # As Flask has it: what is no number is passed over.
        limit = request.args.get("limit", 100, type=int)
        offset = request.args.get("offset", 0, type=int)
        if not 0 <= limit < 2**63 or not 0 <= offset < 2**63:
            raise Invalid("out of range")
        term = "%" + request.args.get("search", "") + "%"
        where = (
            "WHERE person.name LIKE ? OR package.name LIKE ? ORDER BY date_assigned DESC, record.rowid LIMIT ? OFFSET ?"
        )
        with lock:
            rows = db.execute(shown + where, (term, term, limit, offset)).fetchall()
        return jsonify(records=[dict(row) for row in rows])

    @app.post("/training/record/")
    def create_record() -> ResponseReturnValue:
        given = fields()
        if not {"person_api_id", "package_api_id"} <= set(given):
            raise Invalid("person_api_id and package_api_id are needed")
        record = {"api_id": uuid4().hex, "date_assigned": stamp(datetime.now(UTC)), **given}
        names = ", ".join(record)
        with lock:
            db.execute(f"INSERT INTO record ({names}) VALUES ({', '.join('?' * len(record))})", tuple(record.values()))
            return jsonify(one(record["api_id"])), 201

    @app.get("/training/record/<api_id>/")
    def get_record(api_id: str) -> ResponseReturnValue:
        with lock:
            record = one(api_id)
        return jsonify(record) if record else missing()

    @app.put("/training/record/<api_id>/")
    @app.patch("/training/record/<api_id>/")
    def update_record(api_id: str) -> ResponseReturnValue:
        aimed.append(api_id)
        given = fields()
        if request.method == "PUT":
            if not {"person_api_id", "package_api_id"} <= set(given):
                raise Invalid("person_api_id and package_api_id are needed")
            given = {"date_started": None, "date_completed": None, **given}
        with lock:
            if not one(api_id):
                return missing()
            if given:
                names = ", ".join(f"{name} = ?" for name in given)
                db.execute(f"UPDATE record SET {names} WHERE api_id = ?", (*given.values(), api_id))
            return jsonify(one(given.get("api_id", api_id)))

    @app.delete("/training/record/<api_id>/")
    def delete_record(api_id: str) -> ResponseReturnValue:
        aimed.append(api_id)
        with lock:
            gone = db.execute("DELETE FROM record WHERE api_id = ?", (api_id,)).rowcount
        return ("", 204) if gone else missing()

    return app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug names it so
        pass


@framework("Flask with sqlite, and dates without an offset")
@contextmanager
def with_sqlite() -> Iterator[Honest]:
    db, lock, aimed = database(), threading.Lock(), list[str]()

    def snapshot() -> dict[str, tuple[Any, ...]]:
        with lock:
            return {row["api_id"]: tuple(row) for row in db.execute("SELECT * FROM record")}

    others = snapshot()
    server = make_server("127.0.0.1", 0, create_app(db, lock, aimed), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Honest(
            f"http://127.0.0.1:{server.server_port}",
            lambda: [api_id for api_id in snapshot() if api_id not in others],
            lambda: [key for key, row in others.items() if snapshot().get(key) != row or key in aimed],
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        db.close()
