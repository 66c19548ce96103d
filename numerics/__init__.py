"""What happens when the model is run: floating point and balls, knowing none of `theory`'s formulas."""
