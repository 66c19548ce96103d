"""A row that runs alone support says what is not proved of it."""

import json

from proofs.claims import registry
from proofs.documents.readme import VERDICTS
from proofs.kernel.statements import Agrees, Estimated
from proofs.kernel.verdict import Verdict


def measured(claim):
    """Whether a part is one that runs or statistics settle, and no theorem carries."""
    return any(isinstance(part, Agrees | Estimated) and part.id not in claim.coq for part in claim.parts(claim.said()))


def test_a_supported_row_says_why_it_is_measured():
    verdicts = json.loads(VERDICTS.read_text(encoding="utf-8"))
    claims = [claim for claim in registry.claims() if verdicts.get(claim.id) != Verdict.REFUTED]
    assert [claim.id for claim in claims if not claim.measured_because and measured(claim)] == []


def test_no_other_row_says_so():
    assert [claim.id for claim in registry.claims() if claim.measured_because and not measured(claim)] == []
