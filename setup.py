"""The compiled part of the package; everything else is in pyproject.toml.

It is optional: where there is no compiler the package installs all the same and reads more slowly.
"""

from Cython.Build import cythonize
from setuptools import Extension, setup

#: Modules in plain Python, which a `.pxd` beside each gives its types: they run without a compiler as well.
MODULES = ("action", "assembly", "bars", "register", "timeline", "timestamp")
#: Modules that have another way in Python beside them.
KERNELS = ("_scanner", "_tally", "_gather")

extensions = [Extension(f"higgs_logscan.{name}", [f"higgs_logscan/{name}.py"]) for name in MODULES]
extensions += [Extension(f"higgs_logscan.{name}", [f"higgs_logscan/{name}.pyx"]) for name in KERNELS]
for extension in extensions:
    extension.extra_compile_args = ["-O3"]
    extension.depends = ["higgs_logscan/_abreast.h"]

#: Bounds are not checked: what is indexed is as long as what it is indexed by, and the tests run both ways.
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "annotation_typing": False,
}
compiled = cythonize(extensions, compiler_directives=DIRECTIVES)
for extension in compiled:
    # Said here: cythonize makes extensions of its own, and drops it.
    extension.optional = True

setup(ext_modules=compiled)
