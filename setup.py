"""The compiled part of the package; everything else is in pyproject.toml.

It is optional: where there is no compiler the package installs all the same and reads more slowly.
"""

from Cython.Build import cythonize
from setuptools import Extension, setup

extensions = cythonize([Extension("higgs_logscan._kernel", ["higgs_logscan/_kernel.pyx"], extra_compile_args=["-O3"])])
for extension in extensions:
    # Said here: cythonize makes extensions of its own, and drops it.
    extension.optional = True

setup(ext_modules=extensions)
