% Two inequalities in the syntax of MetiTarski's problems.
fof(log_between, conjecture, ! [X] : (0 < X => 2*X/(2 + X) <= ln(1 + X) & ln(1 + X) <= X/sqrt(1 + X))).
fof(flat_exponential, conjecture, ! [X,Y] : ((0 <= X & X <= 1 & Y = X^2) => exp(-Y) <= 1 - Y/2)).
include('Axioms/general.ax').
include('Axioms/ln-upper.ax').
