"""Other people, who go on with their work meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from .directory import PACKAGES, PEOPLE
from .habit import habit
from .service import Row, TrainingService
from .web import Answer, Request


class Meanwhile(TrainingService):
    """A service whose other users do something after so many requests."""

    every = 7
    turns = 0

    def meanwhile(self) -> None:
        if self.requests % self.every == 0:
            self.turns += 1
            self.work()

    def work(self) -> None:
        raise NotImplementedError

    def add(self) -> None:
        row = Row(self.new_id(), next(iter(PEOPLE)), next(iter(PACKAGES)), self.now())
        self.rows[row.api_id] = self.others[row.api_id] = row

    def remove(self) -> None:
        """Delete the youngest of theirs that was not there from the start."""
        young = list(self.others)[self.foreign :]
        if young:
            self.withdraw(young[-1])

    def withdraw(self, api_id: str) -> None:
        del self.others[api_id]
        self.rows.pop(api_id, None)

    def change(self) -> None:
        row = list(self.others.values())[self.turns * 31 % len(self.others)]
        row = replace(row, completed=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=self.turns))
        self.rows[row.api_id] = self.others[row.api_id] = row


@habit("others write meanwhile")
class Write(Meanwhile):
    def work(self) -> None:
        {0: self.add, 3: self.remove}.get(self.turns % 5, self.change)()


@habit("others add a record now and then")
class Add(Meanwhile):
    every = 23

    def work(self) -> None:
        self.add()


@habit("others delete a record now and then")
class Delete(Meanwhile):
    every = 29

    def work(self) -> None:
        if len(self.others) > 30:
            self.withdraw(list(self.others)[5])


@habit("others change records all the time")
class Change(Meanwhile):
    every = 2

    def work(self) -> None:
        self.change()


@habit("somebody edits a package's description meanwhile")
class Description(Meanwhile):
    every = 40

    def work(self) -> None:
        api_id = str(self.turns % 4 + 1)
        self.packages[api_id] = (self.packages[api_id][0], f"{PACKAGES[api_id][1]}, edition {self.turns}")


class Reused(Meanwhile):
    """A service that gives a number again that was free, while others write, too."""

    every = 5

    def work(self) -> None:
        {0: self.remove, 3: self.change}.get(self.turns % 4, self.add)()


@habit("a given id is the highest one and one more")
class Highest(Reused):
    def new_id(self) -> str:
        return str(max((int(api_id) for api_id in self.rows if api_id.isdigit()), default=0) + 1)


@habit("a given id is the lowest one that is free")
class Lowest(Reused):
    def new_id(self) -> str:
        return next(str(n) for n in count(1) if str(n) not in self.rows)


@habit("a given id is the given one that was deleted last")
class FromFreeList(Reused):
    def __init__(self) -> None:
        self.free: list[str] = []
        super().__init__()

    def new_id(self) -> str:
        while self.free:
            if (api_id := self.free.pop()) not in self.rows:
                return api_id
        return super().new_id()

    def delete(self, request: Request) -> Answer:
        answer = super().delete(request)
        if (api_id := request.api_id or "").startswith("tr_"):
            self.free.append(api_id)
        return answer


@habit("two processes count for themselves")
class TwoCounters(Meanwhile):
    """Each gives its numbers under a name of its own, and begins anew when it is started again."""

    def new_id(self) -> str:
        process = "ab"[len(self.rows) % 2]
        return next(f"{process}-{n}" for n in count(1) if f"{process}-{n}" not in self.rows)

    def work(self) -> None:
        self.add()


@habit("others add and delete all the time")
class Busy(Meanwhile):
    every = 3

    def work(self) -> None:
        (self.add if self.turns % 2 else self.remove)()
