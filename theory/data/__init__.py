"""The data of a classifier: class counts, class weights, labels and their spectrum."""
