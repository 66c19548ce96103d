"""Growth beside the origin under rules that act on each mode by itself, sample by sample."""
