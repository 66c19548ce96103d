"""What is given to a classifier: class counts, class weights, labels and their spectrum."""
