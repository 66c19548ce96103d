"""Which class weights, when to stop, what it costs: the derived rates and the runs, in the conventions of training libraries."""
