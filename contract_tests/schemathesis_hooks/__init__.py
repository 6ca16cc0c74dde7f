"""What `schemathesis run` loads to be as safe as the kit: `hooks = "contract_tests.schemathesis_hooks"`.

Importing it changes this process: from then on whatever is sent goes through the guarded session of one run
(one_exit.py) or not at all, and Schemathesis knows a check for each documented rule (rule_checks.py). So import it
nowhere else. It needs nothing of the configuration: a check or a phase that is switched on again sends no more than the
guard lets through.
"""

from __future__ import annotations

from . import case_hooks, guarded_run, lifetime, one_exit, options, rule_checks

RUN = guarded_run.GuardedRun()
"""The one run of this process; it begins when Schemathesis has read the spec."""

one_exit.OneExit(RUN.take).install()
options.add()
case_hooks.register(RUN)
rule_checks.register(RUN)
lifetime.register(RUN)
