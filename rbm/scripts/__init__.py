"""A run as a program: with `import rbm` (`rbm_script`), and in plain NumPy (`numpy_script`)."""

from rbm.scripts.plain import numpy_script
from rbm.scripts.with_rbm import rbm_script

__all__ = ["numpy_script", "rbm_script"]
