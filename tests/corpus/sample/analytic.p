% Inequalities of the kinds that MetiTarski's problem sets have: all are true.
fof(ln_below, conjecture, ! [X] : (-1 < X => ln(1 + X) <= X)).
fof(ln_above, conjecture, ! [X] : (0 < X => ln(X) >= 1 - 1/X)).
fof(exp_square, conjecture, ! [X] : (0 <= X => exp(X) >= 1 + X + X^2/2)).
fof(exp_pole, conjecture, ! [X] : (X < 1 => exp(X) <= 1/(1 - X))).
fof(exp_near_zero, conjecture, ! [X] : ((0 <= X & X <= 1) => exp(X) <= 1 + X + X^2)).
fof(ln_error, conjecture, ! [X] : (0 <= X => abs(ln(1 + X) - X) <= X^2)).
fof(ln_pade, conjecture, ! [X] : (0 < X => ln(1 + X) >= 2*X/(2 + X))).
fof(ln_root, conjecture, ! [X] : (0 < X => ln(1 + X) <= X/sqrt(1 + X))).
fof(sin_below, conjecture, ! [X] : (0 <= X => sin(X) <= X)).
fof(cos_above, conjecture, ! [X] : (0 <= X => cos(X) >= 1 - X^2/2)).
fof(sin_cubic, conjecture, ! [X] : (0 <= X => sin(X) >= X - X^3/6)).
fof(sin_positive, conjecture, ! [X] : ((0 < X & X < 3.14) => sin(X) > 0)).
fof(sin_chord, conjecture, ! [X] : ((0 <= X & X <= 1.5) => sin(X) >= 2*X/pi)).
fof(cos_quartic, conjecture, ! [X] : ((0 <= X & X <= 1) => cos(X) <= 1 - X^2/2 + X^4/24)).
fof(root_tangent, conjecture, ! [X] : (-1 <= X => sqrt(1 + X) <= 1 + X/2)).
fof(entropy_tangent, conjecture, ! [X] : (0 < X => X*ln(X) >= X - 1)).
fof(tanh_bounded, conjecture, ! [X] : (abs(tanh(X)) < 1)).
fof(tanh_below, conjecture, ! [X] : (0 <= X => tanh(X) <= X)).
fof(cosh_above, conjecture, ! [X] : (cosh(X) >= 1 + X^2/2)).
fof(sinh_above, conjecture, ! [X] : (0 <= X => sinh(X) >= X)).
fof(exp_flat, conjecture, ! [X] : (X != 0 => exp(-1/X^2) < 1)).
fof(exp_line, conjecture, ! [X] : ((0 <= X & X <= 1) => exp(-X) <= 1 - X/2)).
fof(ln_geometric, conjecture, ! [X] : (1 <= X => ln(X) <= sqrt(X) - 1/sqrt(X))).
fof(ln_of_quotient, conjecture, ! [X,Y] : ((0 < X & 0 < Y) => ln(X/Y) <= X/Y - 1)).
fof(exp_midpoint, conjecture, ! [X,Y] : (exp((X + Y)/2) <= (exp(X) + exp(Y))/2)).
fof(exp_cos_box, conjecture, ! [X,Y] : ((0 <= X & X <= 1 & -1 <= Y & Y <= 1) => exp(X)*cos(Y) < 3)).
