"""`python -m mock_server` is `training-mock`."""

import sys

from mock_server.command import main

sys.exit(main())
