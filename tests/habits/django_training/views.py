"""What is done at an address."""

from rest_framework.filters import SearchFilter
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.viewsets import ModelViewSet

from .models import Record
from .serializers import CarefulSerializer, RecordSerializer


class FiftyAtOnce(LimitOffsetPagination):
    """Pages of 50 unless asked."""

    default_limit = 50


class AtMostTwenty(LimitOffsetPagination):
    """Pages of at most 20."""

    default_limit = 20
    max_limit = 20


class RecordViewSet(ModelViewSet[Record]):
    """All operations, as the tutorial has them."""

    queryset = Record.objects.select_related("person", "package")
    serializer_class = RecordSerializer
    lookup_field = "api_id"
    pagination_class = FiftyAtOnce
    filter_backends = (SearchFilter,)
    search_fields = ("person__name", "package__name")


class CarefulViewSet(RecordViewSet):
    """All operations, with rules of the house."""

    serializer_class = CarefulSerializer
    pagination_class = AtMostTwenty
    lookup_value_regex = "[^/]+"
