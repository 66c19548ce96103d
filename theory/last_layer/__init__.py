"""Class weights of a last layer that is trained anew on fixed features: what they do depends on features per sample."""
