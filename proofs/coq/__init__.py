"""The machine-checked proofs: the printer of statements, the generated file, the Coq sources, and their audit."""
