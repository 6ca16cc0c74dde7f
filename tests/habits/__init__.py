"""Services by other hands that keep the document, each with a habit of its own: one table of them, by kind."""

from . import (
    addresses,
    anything,
    business,
    clocks,
    content,
    dates,
    django_rest,
    envelopes,
    express_app,
    failures,
    fast_api,
    flask_app,
    gateways,
    ids,
    lateness,
    limits,
    nulls,
    order,
    others,
    rates,
    search,
    standard_library,
    successes,
    together,
)
from .habit import HABITS, Habit, checked
from .hosting import Honest

MODULES = (
    addresses,
    anything,
    business,
    clocks,
    content,
    dates,
    django_rest,
    envelopes,
    express_app,
    failures,
    fast_api,
    flask_app,
    gateways,
    ids,
    lateness,
    limits,
    nulls,
    order,
    others,
    rates,
    search,
    standard_library,
    successes,
    together,
)

__all__ = ["HABITS", "MODULES", "Habit", "Honest", "checked"]
