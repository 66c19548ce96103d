"""`python -m proofs` is `ufm`."""

import sys

from proofs.cli import main

sys.exit(main())
