"""What a step of gradient descent may be on the weighted squared loss, and which of its ends are stable."""
