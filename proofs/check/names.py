"""Names of variables in other languages, as names that the reader of `ufm check` takes for variables."""

from __future__ import annotations

import keyword
import re
from collections.abc import Container

from proofs.kernel.reader import CONSTANTS, FORMS, FUNCTIONS


def plain_name(name: str, taken: Container[str]) -> str:
    """A name like this one that is read as a variable and is not taken: what is no letter or digit becomes _, and more _ follow."""
    found = re.sub(r"[^A-Za-z0-9_]", "_", name)
    found = found if re.match(r"[A-Za-z]", found) else f"v{found}"
    while found in taken or found in CONSTANTS or found in FORMS or found in FUNCTIONS or keyword.iskeyword(found):
        found += "_"
    return found
