"""Last layers that are trained anew on fixed features: weighted least squares, as it is run."""
