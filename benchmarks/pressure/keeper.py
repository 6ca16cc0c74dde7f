"""A client that knows exactly what is there: it has a person of its own, whose name finds its records alone."""

import asyncio
from collections.abc import Collection
from time import perf_counter
from typing import Any

import orjson

from pressure.client import PACKAGES, Act, Client, differences
from pressure.laws import Breach
from pressure.wire import Answer, NoAnswer, request

FEW, MANY = 15, 40
"""How many records a keeper has, about."""

UPGRADE = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"


class Keeper(Client):
    """Creates, reads, changes and deletes records of its own, among those of others; its model is exact."""

    def acts(self) -> list[tuple[float, Act]]:
        """Return what a well-behaved client does, and seldom what a strange one does."""
        return [
            (30, self.read),
            (9, self.create),
            (6, self.patch),
            (3, self.put),
            (6, self.delete),
            (4, self.list_own),
            (8, self.page),
            (1, self.list_all),
            (3, self.pipeline),
            (2, self.miss),
            (2, self.conflict),
            (2, self.break_the_contract),
            (1, self.create_in_pieces),
            (1, self.create_in_chunks),
            (1, self.create_late),
            (1, self.create_with_an_upgrade),
            (1, self.create_and_half_close),
            (1, self.create_before_garbage),
            (1, self.preflight),
            (1, self.force),
            (1, self.control),
            (0.1, self.har),
        ]

    async def begin(self) -> None:
        """Make the person, and take for the model what is there of it."""
        self.person = f"usr-{self.name}"
        self.term = f"{self.name}x"
        await self.ask("PUT", f"{self.root}/_mock/people/{self.person}", {"name": f"Worker {self.term}"})
        packages = (await self.ask("GET", f"{self.root}/_mock/packages")).json()["packages"]
        self.descriptions = {package["api_id"]: package["description"] for package in packages}
        found = await self.ask("GET", f"{self.records}?search={self.term}")
        self.model: dict[str, dict[str, Any]] = {record["api_id"]: record for record in found.json()["results"]}
        self.gone: list[str] = []

    async def end(self) -> None:
        """See that all is as the model has it, read one by one and listed."""
        await self.list_own()
        await self.list_all()
        for api_id, record in self.model.items():
            self._same(record, (await self.ask("GET", f"{self.records}{api_id}/")).json())

    async def read(self) -> None:
        """Read one record; this is the light request that is timed."""
        if not self.model:
            await self.create()
            return
        api_id = self._any()
        start = perf_counter()
        answer = await self.ask("GET", f"{self.records}{api_id}/", due=(200, 404))
        self.laws.light.append(perf_counter() - start)
        self._found(api_id, answer)

    async def create(self, headers: str = "") -> None:
        """Create a record, with an api_id or without."""
        body = self.new_record(self.person, self.random.random() < 0.7)
        self._created(body, await self.ask("POST", self.records, body, headers, (201,)))

    async def create_in_pieces(self) -> None:
        """Create a record with a request that comes in three packets."""
        body = self.new_record(self.person)
        data = request("POST", self.records, body)
        connection = await self.connection()
        first, second = sorted(self.random.sample(range(1, len(data)), 2))
        for part in (data[:first], data[first:second], data[second:]):
            await connection.send(part)
        self._created(body, await connection.answer("POST"))

    async def create_in_chunks(self) -> None:
        """Create a record with a body in chunks."""
        body = self.new_record(self.person)
        content = orjson.dumps(body)
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in (content[:20], content[20:])) + b"0\r\n\r\n"
        head = request("POST", self.records, None, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
        connection = await self.connection()
        await connection.send(head + chunks)
        self._created(body, await connection.answer("POST"))

    async def create_late(self) -> None:
        """Create a record that takes its time, as the request asks."""
        await self.create(f"Prefer: delay=0.{self.random.randrange(1, 10)}\r\n")

    async def create_with_an_upgrade(self) -> None:
        """Create a record as a client does that would rather speak HTTP/2; head and body may come apart."""
        body = self.new_record(self.person)
        head, end, content = request("POST", self.records, body, UPGRADE).partition(b"\r\n\r\n")
        connection = await self.connection()
        for part in self.random.choice(((head + end + content,), (head + end, content))):
            await connection.send(part)
            await asyncio.sleep(0)
        self._created(body, await connection.answer("POST"))

    async def create_and_half_close(self) -> None:
        """Create a record and say that nothing more will be sent."""
        body = self.new_record(self.person)
        connection = await self.another()
        try:
            await connection.send(request("POST", self.records, body))
            connection.half_close()
            self._created(body, await connection.answer("POST"))
        finally:
            connection.close()

    async def create_before_garbage(self) -> None:
        """Create a record, with garbage behind it in the same packet."""
        body = self.new_record(self.person)
        connection = await self.another()
        try:
            await connection.send(request("POST", self.records, body) + b"\x00\x01 no request\r\n\r\n")
            self._created(body, await connection.answer("POST"))
            self.check(await connection.answer(), "garbage", (400,))
        finally:
            connection.close()

    async def patch(self) -> None:
        """Change one date of a record, or its package."""
        if not self.model:
            return
        api_id = self._any()
        changes = {"date_completed": f"2026-03-01T10:00:{self.random.randrange(60):02}.000001Z"}
        if self.random.random() < 0.3:
            changes = {"package_api_id": self.random.choice(PACKAGES)}
        answer = await self.ask("PATCH", f"{self.records}{api_id}/", changes, due=(200, 404))
        self._found(api_id, answer, self._with(self.model[api_id], changes))

    async def put(self) -> None:
        """Replace a record, and give it another api_id at times."""
        if not self.model:
            return
        api_id = self._any()
        body = self.new_record(self.person, self.random.random() < 0.3)
        answer = await self.ask("PUT", f"{self.records}{api_id}/", body, due=(200, 404))
        record = self._with(self.model[api_id], {"api_id": api_id, "date_completed": None} | body)
        self._found(api_id, answer, record)

    async def delete(self) -> None:
        """Delete a record if there are enough."""
        if len(self.model) < FEW:
            await self.create()
            return
        for _ in range(1 if len(self.model) < MANY else 5):
            api_id = self._any()
            answer = await self.ask("DELETE", f"{self.records}{api_id}/", due=(204, 404))
            if answer.status == 404:
                raise Breach("lost", f"404 for DELETE of {self.records}{api_id}/")
            del self.model[api_id]
            self.gone = [*self.gone[-50:], api_id]

    async def miss(self) -> None:
        """Read what was deleted."""
        if not self.gone:
            return
        api_id = self.random.choice(self.gone)
        answer = await self.ask("GET", f"{self.records}{api_id}/", due=(404, 200))
        if answer.status == 200:
            raise Breach("risen", f"{api_id} was deleted, and is there: {answer.body[:300]!r}")
        if api_id not in answer.json()["detail"]:
            raise Breach("foreign answer", f"404 for {api_id}: {answer.body[:300]!r}")

    async def conflict(self) -> None:
        """Create what is there already."""
        if not self.model:
            return
        body = self.new_record(self.person) | {"api_id": self._any()}
        answer = await self.ask("POST", self.records, body, due=(409, 201))
        if answer.status == 201:
            raise Breach("doubled", f"201 for an api_id that is there: {body['api_id']}")

    async def break_the_contract(self) -> None:
        """Send a body that breaks the contract."""
        wrong = {"api_id": f"{self.name}!", "date_started": "yesterday", "package_api_id": self.random.random()}
        answer = await self.ask("POST", self.records, wrong, due=(400,))
        if len(answer.json()["errors"]) != 4:
            raise Breach("wrong status", f"not 4 errors for {wrong}: {answer.body[:400]!r}")

    async def list_own(self) -> None:
        """List all that is this client's, by its person's name."""
        answer = await self.ask("GET", f"{self.records}?search={self.term}")
        page = answer.json()
        self._compare(page["results"], list(self.model.values()))
        if page["count"] != len(self.model):
            raise Breach("lost", f"count is {page['count']} of {len(self.model)}")

    async def page(self) -> None:
        """Get one page of what is this client's."""
        offset, limit = self.random.randrange(len(self.model) + 3), self.random.randrange(1, 20)
        query = f"search={self.term}&limit={limit}&offset={offset}"
        answer = (await self.ask("GET", f"{self.records}?{query}")).json()
        self._compare(answer["results"], list(self.model.values())[offset : offset + limit])
        for link in (answer["next"], answer["previous"]):
            if link is not None and (f"search={self.term}" not in link or self.records not in link):
                raise Breach("foreign answer", f"?{query} links to {link}")

    async def list_all(self) -> None:
        """List the whole organisation: this client's records are among those of others, each once."""
        answer = await self.ask("GET", self.records)
        results = answer.json()["results"]
        ids = {record["api_id"] for record in results}
        if len(ids) < len(results):
            raise Breach("doubled", f"{len(results)} records have {len(ids)} api_ids in GET {self.records}")
        self._compare([r for r in results if r["person_api_id"] == self.person], list(self.model.values()))

    async def pipeline(self) -> None:
        """Send several requests in one packet; the answers come in their order."""
        if len(self.model) < FEW:
            await self.create()
            return
        ids = self.random.sample(list(self.model), 4)
        body = self.new_record(self.person)
        sent = [request("GET", f"{self.records}{api_id}/") for api_id in ids]
        sent.insert(2, request("POST", self.records, body))
        connection = await self.connection()
        await connection.send(b"".join(sent))
        answers = [await connection.answer() for _ in sent]
        self._created(body, answers.pop(2))
        for api_id, answer in zip(ids, answers, strict=True):
            self._found(api_id, answer)

    async def preflight(self) -> None:
        """Ask as a browser does before it lets a page of another origin send."""
        headers = "Origin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\n"
        answer = await self.ask("OPTIONS", self.records, headers=headers, due=(200, 204))
        if answer.headers.get("access-control-allow-origin") not in ("*", "https://app.example"):
            raise Breach("wrong status", f"a preflight without its header: {answer.headers}")

    async def force(self) -> None:
        """Ask for a fault, with one request."""
        code = self.random.choice((500, 503, 507, 400, 404))
        path = f"{self.records}{self.name}-none/?__code={code}&__delay=0.0{self.random.randrange(10)}"
        operation = {400: "PATCH"}.get(code, "GET")
        await self.ask(operation, path, {} if operation == "PATCH" else None, due=(code,))

    async def control(self) -> None:
        """Read what the control API shows."""
        path = self.random.choice(("journal?limit=20", "coverage", "state", "clock", "organisations", "faults"))
        answer = (await self.ask("GET", f"{self.root}/_mock/{path}")).json()
        if path == "state":
            ids = [record["api_id"] for record in answer["records"]]
            missing = self.model.keys() - ids
            if missing:
                raise Breach("lost", f"not in the state: {sorted(missing)}")
        elif path.startswith("journal"):
            numbers = [exchange["number"] for exchange in answer["exchanges"]]
            if numbers != sorted(set(numbers)):
                raise Breach("doubled", f"exchanges of the journal: {numbers}")

    async def har(self) -> None:
        """Get the journal as HTTP Archive."""
        answer = (await self.ask("GET", f"{self.root}/_mock/journal.har")).json()
        if not answer["log"]["entries"]:
            raise Breach("lost", "no entries in the archive")

    def _any(self) -> str:
        return self.random.choice(list(self.model))

    def _with(self, record: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        changed = record | changes
        return changed | {"package_desc": self.descriptions[changed["package_api_id"]]}

    def _created(self, body: dict[str, Any], answer: Answer) -> None:
        self.check(answer, f"POST {self.records}", (201,), body)
        record = answer.json()
        expected = self._with({"date_completed": None, "date_assigned": record["date_assigned"]}, body)
        self._same({"api_id": record["api_id"]} | expected, record)
        if record["api_id"] in self.model:
            raise Breach("doubled", f"created twice: {record}")
        self.model[record["api_id"]] = record

    def _found(self, api_id: str, answer: Answer, record: dict[str, Any] | None = None) -> None:
        """Take an answer about a record that is there; `record` is what it is from now on."""
        if answer.status == 404:
            raise Breach("lost", f"404 for {self.records}{api_id}/")
        self.check(answer, api_id, (200,))
        record = record or self.model[api_id]
        self._same(record, answer.json())
        # The place of a record stays, whatever its api_id becomes.
        if record["api_id"] == api_id:
            self.model[api_id] = record
        else:
            self.model = {(record["api_id"] if i == api_id else i): (record if i == api_id else r)
                          for i, r in self.model.items()}  # fmt: skip
            self.gone = [*self.gone[-50:], api_id]

    def _same(self, model: dict[str, Any], shown: dict[str, Any]) -> None:
        if shown == model:
            return
        law = "changed" if shown.get("api_id") == model.get("api_id") else "foreign answer"
        raise Breach(law, f"in {self.organisation}: {differences(shown, model)}")

    def _compare(self, shown: list[dict[str, Any]], model: list[dict[str, Any]]) -> None:
        if shown == model:
            return
        have, want = [r["api_id"] for r in shown], [r["api_id"] for r in model]
        if len(set(have)) < len(have):
            raise Breach("doubled", f"a list with {have}")
        if set(want) - set(have):
            raise Breach("lost", f"not listed: {sorted(set(want) - set(have))}")
        if set(have) - set(want):
            raise Breach("risen", f"listed: {sorted(set(have) - set(want))}")
        if have != want:
            raise Breach("changed", f"the order: {have} and not {want}")
        for record, other in zip(model, shown, strict=True):
            self._same(record, other)


class Breaker(Keeper):
    """A keeper that sends mostly what no server can read."""

    def acts(self) -> list[tuple[float, Act]]:
        """Return what is malformed, and enough good requests to see that nothing came of it."""
        return [(4, self.read), (2, self.create), (2, self.delete), (3, self.list_own), (12, self.send_garbage)]

    async def send_garbage(self) -> None:
        """Send bytes that are no request, or a request that is to be refused."""
        name = self.random.choice(list(GARBAGE))
        data, due = GARBAGE[name]
        data = data.replace(b"RECORDS", self.records.encode())
        connection = await self.another()
        try:
            await connection.send(data)
            if due:
                self.check(await connection.answer(), name, due)
        except Breach as breach:
            raise Breach(breach.law, breach.detail, f"send {name}") from None
        except (NoAnswer, OSError) as error:
            raise Breach("no answer", str(error), f"send {name}") from None
        finally:
            connection.close()


def _post(body: bytes, headers: bytes = b"", length: bool = True) -> bytes:
    measured = b"Content-Length: %d\r\n" % len(body) if length else b""
    head = b"POST RECORDS HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return head + measured + headers + b"\r\n" + body


_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_REFUSED: Collection[int] = (400,)

GARBAGE: dict[str, tuple[bytes, Collection[int]]] = {
    "no request": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", _REFUSED),
    "no method": (b"FOO RECORDS HTTP/1.1\r\nHost: localhost\r\n\r\n", (400, 405, 501)),
    "a header with a space": (b"GET RECORDS HTTP/1.1\r\nHost: localhost\r\nBad Name : 1\r\n\r\n", _REFUSED),
    "no size of a chunk": (_post(b"zz\r\n{}\r\n0\r\n\r\n", _CHUNKED, length=False), _REFUSED),
    "both lengths": (_post(b"0\r\n\r\n", _CHUNKED), _REFUSED),
    "two lengths": (_post(b"{}", b"Content-Length: 3\r\n"), _REFUSED),
    "a negative length": (_post(b"{}", b"Content-Length: -1\r\n", length=False), _REFUSED),
    "no JSON": (_post(b'{"api_id": '), _REFUSED),
    "no UTF-8": (_post(b'{"api_id": "\xff\xfe"}'), _REFUSED),
    "not a number": (_post(b'{"api_id": NaN}'), _REFUSED),
    "deep": (_post(b"[" * 50_000 + b"]" * 50_000), _REFUSED),
    "a list": (_post(b"[]"), _REFUSED),
    "many unknown": (_post(b"{" + b",".join(b'"u%d":0' % n for n in range(500)) + b"}"), _REFUSED),
    "too large": (_post(b"", b"Content-Length: 99999999\r\n", length=False), (413,)),
    "XML": (_post(b"<a/>").replace(b"application/json", b"text/xml"), (415,)),
    "no such method": (b"TRACE RECORDS HTTP/1.1\r\nHost: localhost\r\n\r\n", (405,)),
    "no Host": (b"GET RECORDS HTTP/1.1\r\n\r\n", _REFUSED),
    "two Hosts": (b"GET RECORDS HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", _REFUSED),
    "a long header": (b"GET RECORDS HTTP/1.1\r\nHost: localhost\r\nLong: %b\r\n\r\n" % (b"x" * 70_000), (431,)),
    "a long address": (b"GET RECORDS?%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"x" * 70_000), (414,)),
    "half a head": (b"GET RECORDS HTTP/1.1\r\nHost: loc", ()),
    "half a body": (
        _post(b'{"person_api_id": "usr-amara-okafor", "pack', b"Content-Length: 500\r\n", length=False),
        (),
    ),
    "a broken path": (b"GET RECORDS%zz/ HTTP/1.1\r\nHost: localhost\r\n\r\n", (400, 404)),
    "no organisation": (b"GET /org/%00/training/record/ HTTP/1.1\r\nHost: localhost\r\n\r\n", (404, 400)),
}
"""What a breaker sends, by name: bytes, and the statuses that are due (none: it does not wait for an answer)."""
