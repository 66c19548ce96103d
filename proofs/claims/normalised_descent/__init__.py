"""Descent that divides the gradient of each class's loss by its norm."""
