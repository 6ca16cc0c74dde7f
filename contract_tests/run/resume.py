"""`training-contract cleanup`: deleting what a run that was killed left behind, from its ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..client.service import Service
from ..options import Options, UsageError
from ..result import Exit
from ..safety.ledger import Ledger
from ..spec import Spec
from .cleanup import Cleaner
from .run import open_session


def resume(path: Path, options: Options, spec: Spec, say: Callable[[str], None]) -> Exit:
    """Delete all that the ledger says is ours; KEPT when it is verified gone, else COULD_NOT_RUN.

    Raises LedgerError, and UsageError when the service is another one than the ledger's.
    """
    ledger = Ledger.load(path)
    base_url = (options.base_url or ledger.target).rstrip("/")
    if base_url != ledger.target:
        say(f"the ledger was written for {ledger.target}; looking for its records at {base_url}")
    # Writing is what a clean-up is for; but where --allow-writes was needed to create, it is needed to delete.
    checked = replace(options, base_url=base_url)
    checked.validate()
    if options.read_only:
        raise UsageError("a clean-up deletes: it can't be --read-only")
    if (ledger.collection, ledger.record) != (spec.collection, spec.record):
        raise UsageError(f"{path} was written for other paths than those of this spec; pass the same --overlay")
    service = Service(open_session(checked, base_url, ledger), spec, base_url, ledger)
    before = len(ledger.standing())
    cleaned = Cleaner(service).run()
    say(f"{before} to look for, {len(cleaned.leftovers)} left behind")
    for api_id in cleaned.leftovers:
        say(f"left behind: {api_id}")
    for api_id in cleaned.possible:
        say(f"perhaps left behind (made by nobody knows whom, delete it yourself if it is none of yours): {api_id}")
    left = bool(cleaned.leftovers or cleaned.possible)
    ledger.close(remove=not left)
    return Exit.COULD_NOT_RUN if left else Exit.KEPT
