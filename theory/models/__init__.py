"""What a model is, the rules by which it moves, and what follows for every model by the same code."""
