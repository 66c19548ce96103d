"""What happens when a model is run: floating point and balls, knowing none of `theory`'s formulas."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
