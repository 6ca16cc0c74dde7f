"""The tables."""

from uuid import uuid4

from django.db import models


def new_api_id() -> str:
    return str(uuid4())


class Person(models.Model):
    """Somebody who is trained."""

    api_id = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)


class Package(models.Model):
    """What is trained."""

    api_id = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    description = models.TextField()


class Record(models.Model):
    """A package that is assigned to a person."""

    api_id = models.CharField(max_length=64, unique=True, default=new_api_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    package = models.ForeignKey(Package, on_delete=models.CASCADE)
    date_assigned = models.DateTimeField(auto_now_add=True)
    date_started = models.DateTimeField(null=True, blank=True)
    date_completed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
