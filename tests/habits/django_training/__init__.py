"""The API as a Django application: models, serializers, view sets. It is imported once Django is set up."""
