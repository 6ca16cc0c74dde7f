"""Records as JSON, and what may be in them."""

from typing import Any

from django.core.validators import validate_slug
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from .models import Package, Person, Record


class RecordSerializer(serializers.ModelSerializer[Record]):
    """A record as the tutorial has it."""

    person_api_id = serializers.PrimaryKeyRelatedField(source="person", queryset=Person.objects.all())
    package_api_id = serializers.PrimaryKeyRelatedField(source="package", queryset=Package.objects.all())
    package_desc = serializers.CharField(source="package.description", read_only=True)

    class Meta:
        model = Record
        fields = (
            "api_id",
            "person_api_id",
            "package_api_id",
            "package_desc",
            "date_assigned",
            "date_started",
            "date_completed",
        )


class CarefulSerializer(RecordSerializer):
    """A record whose id is a slug, whose dates follow each other, and which has a pair of its own."""

    api_id = serializers.CharField(
        max_length=36,
        required=False,
        validators=[validate_slug, UniqueValidator(Record.objects.all())],
    )

    class Meta(RecordSerializer.Meta):
        validators = (
            serializers.UniqueTogetherValidator(Record.objects.all(), fields=("person_api_id", "package_api_id")),
        )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        started, completed = (
            data.get(name, getattr(self.instance, name, None)) for name in ("date_started", "date_completed")
        )
        if started and completed and completed < started:
            raise serializers.ValidationError({"date_completed": "Before date_started."})
        return data
