"""Class losses beside a random state, sample by sample, under rules that divide each class's gradient by a power of its norm."""
