"""`python -m contract_tests`."""

import sys

from .command import main

sys.exit(main())
