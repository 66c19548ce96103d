"""Descent that divides the gradient of each class's loss by its norm, and what it does to the loss of each class."""
