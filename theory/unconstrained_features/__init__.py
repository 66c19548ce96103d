"""The unconstrained features model: its flow, its modes, when they are learned, and what other losses change."""
