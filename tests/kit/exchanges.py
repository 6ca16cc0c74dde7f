"""Exchanges as they would have gone, made by hand."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from contract_tests.client.exchange import Exchange
from contract_tests.spec import load_spec

SPEC = load_spec(())
NOW = datetime(2026, 2, 1, 8)


def answered(
    method: str,
    status: int | None,
    document: Any = None,
    *,
    api_id: str | None = None,
    query: str = "",
    body: Any = None,
) -> Exchange:
    """One exchange with the list, or with the record of this api_id, answered with this JSON."""
    template = SPEC.collection if api_id is None else SPEC.record
    path = SPEC.collection if api_id is None else SPEC.record.replace("{api_id}", api_id)
    return Exchange(
        method=method,
        url=f"http://service.example{path}" + (f"?{query}" if query else ""),
        path=path,
        api_id=api_id,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        request_headers={} if body is None else {"content-type": "application/json"},
        sent=b"" if body is None else json.dumps(body).encode(),
        operation=SPEC.operation(method, template),
        template=template,
        status=status,
        headers={} if document is None else {"content-type": "application/json"},
        content=b"" if document is None else json.dumps(document).encode(),
        before=NOW,
        after=NOW,
    )
