"""What a step of descent may be, and which end it leads to."""
