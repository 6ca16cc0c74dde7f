"""The API on Django REST framework; `django_training` is all of it.

Django is told once in a process what it works with. Each service begins with a database of its own.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from faults import served

from .directory import PACKAGES, PEOPLE, assignments
from .habit import framework
from .hosting import Honest


def _set_up() -> None:
    if settings.configured:
        return
    settings.configure(
        SECRET_KEY="only for tests",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=None,
        INSTALLED_APPS=["rest_framework", f"{__package__}.django_training"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "", "OPTIONS": {"timeout": 20}}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
        REST_FRAMEWORK={
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "UNAUTHENTICATED_USER": None,
        },
    )
    django.setup()


def _fill(database: Path) -> None:
    """Make the tables in a new database, and what other people have in them."""
    from django.db import connection

    from .django_training.models import Package, Person, Record

    connection.close()
    connection.settings_dict["NAME"] = str(database)
    with connection.schema_editor() as editor:
        for model in (Person, Package, Record):
            editor.create_model(model)
    Person.objects.bulk_create(Person(api_id=api_id, name=name) for api_id, name in PEOPLE.items())
    Package.objects.bulk_create(
        Package(api_id=api_id, name=name, description=text) for api_id, (name, text) in PACKAGES.items()
    )
    for given in assignments():
        record = Record.objects.create(
            person_id=given.person,
            package_id=given.package,
            date_started=given.started,
            date_completed=given.completed,
        )
        Record.objects.filter(pk=record.pk).update(date_assigned=given.assigned)


def _rows() -> dict[int, dict[str, Any]]:
    """Return every record, by its key in the database."""
    from .django_training.models import Record

    return {row["id"]: row for row in Record.objects.values()}


@contextmanager
def _running(name: str) -> Iterator[Honest]:
    """Serve a view set under a default router."""
    _set_up()
    from django.core.asgi import get_asgi_application
    from django.db import connections
    from django.urls import include, path
    from rest_framework.routers import DefaultRouter

    from .django_training import views

    router = DefaultRouter()
    router.register("training/record", getattr(views, name), basename="record")

    class Urls:
        urlpatterns = (path("", include(router.urls)),)

    settings.ROOT_URLCONF = Urls
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder) / "db.sqlite3")
        others = _rows()
        with served(get_asgi_application()) as url:
            yield Honest(
                url,
                lambda: [row["api_id"] for key, row in _rows().items() if key not in others],
                lambda: [row["api_id"] for key, row in others.items() if _rows().get(key) != row],
            )
        connections.close_all()


@framework("Django REST framework as its tutorial has it", leaves=1)
@contextmanager
def by_tutorial() -> Iterator[Honest]:
    """An api_id with a dot in it has no address, as default routes are `[^/.]+`."""
    with _running("RecordViewSet") as honest:
        yield honest


@framework("Django REST framework with rules of the house")
@contextmanager
def with_rules() -> Iterator[Honest]:
    with _running("CarefulViewSet") as honest:
        yield honest
