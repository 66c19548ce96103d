"""The search: proposes proofs and counterexamples. It may be wrong without harm, since the checker looks at everything."""
