"""N linear layers from small balanced starts: what more layers change of the learning times, and what they leave."""
