"""What is around and beside records."""

from typing import Any

from .directory import PACKAGES, PEOPLE
from .habit import habit
from .service import Row, TrainingService


@habit("links stand beside the list")
class Links(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        links = [{"rel": rel, "href": "/training/record/"} for rel in ("self", "first", "last", "next", "help")]
        return {"links": links, "data": records}


@habit("the list is in data.items")
class DataItems(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        return {"data": {"totalItems": total, "items": records}, "error": None}


@habit("the list is in _embedded")
class Embedded(TrainingService):
    """HAL."""

    def envelope(self, records: Any, total: int) -> Any:
        return {
            "_links": {"self": {"href": "/training/record/"}, "curies": [{"name": "tr", "href": "/docs/{rel}"}]},
            "_embedded": {"tr:records": records},
            "total": total,
        }

    def show(self, row: Row) -> dict[str, Any]:
        return {**super().show(row), "_links": {"self": {"href": f"/training/record/{row.api_id}/"}}}


@habit("errors, links and facets stand beside the list")
class Facets(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        return {
            "errors": [],
            "warnings": [],
            "records": records,
            "links": [{"rel": "self", "href": "/training/record/"}],
            "facets": [{"name": name, "values": [{"key": "a", "count": 1}]} for name in ("person", "package", "year")],
        }


@habit("people and packages stand beside the list")
class Included(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        return {
            "people": [{"api_id": api_id, "name": name} for api_id, name in PEOPLE.items()],
            "packages": [{"api_id": api_id, "name": name} for api_id, (name, _) in PACKAGES.items()],
            "records": records,
        }


@habit("the list holds the latest records a second time")
class Latest(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        rows = sorted(self.rows.values(), key=lambda row: row.assigned)[-3:]
        return {"latest": [self.show(row) for row in rows], "records": records, "total": total}


@habit("the list stands two objects deep")
class Deep(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        return {"response": {"body": {"trainingRecords": records}, "meta": {"total": total, "sort": [{"by": "id"}]}}}


@habit("a single record is in record")
class InRecord(TrainingService):
    def single(self, record: dict[str, Any]) -> Any:
        return {"record": record}

    def envelope(self, records: Any, total: int) -> Any:
        return {"records": records}


@habit("all is in data")
class InData(TrainingService):
    def single(self, record: dict[str, Any]) -> Any:
        return {"data": record, "status": "success"}

    def envelope(self, records: Any, total: int) -> Any:
        return {"data": records, "status": "success"}


@habit("a single record is alone in a list of results")
class InResults(TrainingService):
    def single(self, record: dict[str, Any]) -> Any:
        return {"total": 1, "results": [record]}


@habit("a created record comes with a message")
class WithMessage(TrainingService):
    def single(self, record: dict[str, Any]) -> Any:
        return {"success": True, "message": "done", "record": record, "errors": []}


@habit("records have more fields")
class MoreFields(TrainingService):
    def show(self, row: Row) -> dict[str, Any]:
        shown = super().show(row)
        more = {"id": sum(row.api_id.encode()), "url": f"/training/{row.api_id}", "overdue": False, "tags": []}
        people = {"person": {"api_id": row.person, "name": PEOPLE[row.person]}, "history": [{"api_id": "x", "by": "y"}]}
        return {**more, **shown, **people}


@habit("records say when they were last shown")
class LastShown(TrainingService):
    """A field that no two answers have alike."""

    def show(self, row: Row) -> dict[str, Any]:
        return {**super().show(row), "served_at": self.now().isoformat(), "serial": self.requests}


@habit("records have an ETag in them, which each update changes")
class Version(TrainingService):
    def show(self, row: Row) -> dict[str, Any]:
        return {**super().show(row), "version": f'W/"{abs(hash(row)):x}"'}


@habit("a list with nothing in it is null")
class NullList(TrainingService):
    """So Go writes a slice that was never made."""

    def envelope(self, records: Any, total: int) -> Any:
        return {"records": records or None, "total": total}


@habit("a list with nothing in it is left out")
class NoList(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        return {"records": records, "total": total} if records else {"total": total}
