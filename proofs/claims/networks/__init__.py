"""Claims on trained networks, and the runs that they rest on."""
