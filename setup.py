"""The compiled part of the package; everything else is in pyproject.toml.

`optional`: where there is no compiler the package installs all the same and reads more slowly.
"""

from Cython.Build import cythonize
from setuptools import Extension, setup

setup(
    ext_modules=cythonize(
        [Extension("higgs_logscan._kernel", ["higgs_logscan/_kernel.pyx"], extra_compile_args=["-O3"], optional=True)]
    )
)
