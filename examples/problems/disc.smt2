; A point of the open unit disc on the hyperbola x y = 1: there is none.
(set-logic QF_NRA)
(set-info :status unsat)
(declare-const x Real)
(declare-const y Real)
(assert (< (+ (* x x) (* y y)) 1.0))
(assert (= y (/ 1 x)))
(assert (> x 0))
(check-sat)
