"""N linear layers: their flow end to end, learning times at any depth, and how late the middle mode is."""
