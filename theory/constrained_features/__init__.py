"""Features that constant inputs constrain: what their class means do to the order in which classes are learned."""
