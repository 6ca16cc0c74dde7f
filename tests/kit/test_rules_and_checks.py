"""Every rule has a check, and every check a rule."""

from __future__ import annotations

from collections import Counter

from contract_tests.checks import CHECKS
from contract_tests.spec import load_spec


def test_every_rule_has_a_check() -> None:
    assert {rule.id for rule in load_spec().rules} - {check.rule for check in CHECKS} == set()


def test_every_check_names_a_rule() -> None:
    assert {check.rule for check in CHECKS} <= {rule.id for rule in load_spec().rules}


def test_names_of_checks_are_unique() -> None:
    assert [name for name, count in Counter(check.name for check in CHECKS).items() if count > 1] == []


def test_every_documented_rule_can_be_judged_by_a_check_of_its_own_module_not_schemathesis_alone() -> None:
    own = {check.rule for check in CHECKS if not check.name.startswith("conformance.")}
    assert {rule.id for rule in load_spec().rules} <= own
