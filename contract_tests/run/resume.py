"""`training-contract cleanup`: deleting what a run that was killed did not delete, from its ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..options import Options, UsageError
from ..result import Exit
from ..safety.address import Address
from ..safety.ledger import Ledger
from ..spec import Spec
from .run import Publisher, Run


def options_for(ledger: Ledger, options: Options) -> Options:
    """The options with the ledger's service, where no other is named; raise UsageError when they make no sense.

    Where --allow-writes was needed to create, it is needed to delete.
    """
    meant = replace(options, base_url=options.base_url or ledger.target)
    meant.validate()
    if options.read_only:
        raise UsageError("a clean-up deletes: it can't be --read-only")
    return meant


def resume(ledger: Ledger, options: Options, spec: Spec, say: Callable[[str], None], publish: Publisher) -> Exit:
    """Delete all that the ledger says is ours; KEPT when it is verified gone, else COULD_NOT_RUN.

    Raises UsageError when it was written for another spec.
    """
    if (ledger.collection, ledger.record) != (spec.collection, spec.record):
        raise UsageError(f"{ledger.path} was written for other paths than those of this spec: pass the same --overlay")
    here, there = Address.of(options.base_url or "").url, Address.of(ledger.target).url
    if here != there:
        say(f"the ledger was written for {there}: its records are looked for at {here}")
    before = len(ledger.standing())
    with Run(options, spec, checks=(), publish=publish, ledger=ledger, say=say) as run:
        pass
    say(f"{before} to look for, {len(run.report.safety.leftovers)} not deleted")
    return run.report.exit_code
