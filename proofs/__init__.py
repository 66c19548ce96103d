"""Where `theory` and `numerics` meet: claims, the engines that decide them, and the judge."""
