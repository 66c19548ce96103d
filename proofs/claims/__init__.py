"""The ledger: a folder a theory, a file a chapter, each with its `CLAIMS`."""

# Theories and their chapters, in the order in which they are read, judged and shown.
CHAPTERS = {
    "unconstrained_features": (
        "gradient_flow",
        "label_spectrum",
        "mode_decoupling",
        "closed_form",
        "learning_times",
        "effective_rates",
        "windows",
        "terminal",
        "weighted_flow",
        "escape_windows",
        "middle_reduction",
        "offsets",
        "first_order_targets",
        "first_order_times",
        "first_order_decoupling",
        "unhinged",
        "effective_numbers",
    ),
    "constrained_features": (
        "constrained_flow",
        "class_mean_rates",
        "block_rates",
        "flattening",
        "flattening_by_class_means",
        "common_mean",
        "output_bias",
        "centred_inputs",
        "exact_flows",
        "middle_mode",
        "start_scale",
        "lazy_flow",
    ),
    "networks": ("trained_networks", "predicted_networks"),
}
