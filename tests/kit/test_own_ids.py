"""Whatever id Schemathesis makes up, the one that is read in its place can be sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st
from requests import Request
from schemathesis import GenerationMode

from contract_tests.checks.dialogue import Dialogue
from contract_tests.checks.own_ids import IdForm, OwnIds
from contract_tests.safety.guard import Guard
from contract_tests.safety.ledger import Ledger
from contract_tests.spec import load_spec

BASE = "http://127.0.0.1:9"
LIST = "/training/record/"
SPEC = load_spec()

BLANKS = st.text(st.sampled_from(" \t\n\x0b\x1c\x1d\x85\xa0\u2003.%2E0/"))


def read_for(generated: str, ledger: Ledger) -> str:
    """The api_id that is read where Schemathesis generated this one to be refused."""
    case = SimpleNamespace(
        method="GET",
        path="/training/record/{api_id}/",
        path_parameters={"api_id": generated},
        body=None,
        meta=SimpleNamespace(generation=SimpleNamespace(mode=GenerationMode.NEGATIVE)),
    )
    dialogue: Any = SimpleNamespace(service=SimpleNamespace(spec=SPEC, ledger=ledger))
    OwnIds(cast("Dialogue", dialogue), {}, malformed=True).put_in(case)
    return str(case.path_parameters["api_id"])


@given(BLANKS.filter(lambda text: not IdForm(SPEC).fits(text)))
@example("\x1d")
@example("%252E%2E")
@example("no api_id")
def test_odd_id_that_is_read_is_malformed_and_can_be_sent(generated: str) -> None:
    ledger = Ledger.open(None, BASE, LIST, LIST + "{api_id}/")
    api_id = read_for(generated, ledger)
    assert not IdForm(SPEC).fits(api_id)
    Guard(BASE, ledger, read_only=False).check(Request("GET", f"{BASE}{LIST}{quote(api_id, safe='')}/").prepare())
