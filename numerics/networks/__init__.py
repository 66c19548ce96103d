"""Networks on real images: the data, the model, the training of many runs together, and what is read off them."""
