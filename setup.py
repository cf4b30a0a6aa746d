"""The compiled part of the package; everything else is in pyproject.toml.

It is optional: where there is no compiler the package installs all the same and reads more slowly.
"""

import os
import platform
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

#: One wheel for every Python from 3.11 on, where it is asked for; records are assembled a quarter slower in it.
STABLE_ABI = bool(os.environ.get("HIGGS_LOGSCAN_STABLE_ABI"))

#: Modules in plain Python, which a `.pxd` beside each gives its types: they run without a compiler as well.
MODULES = ("action", "assembly", "bars", "boundaries", "filling", "open_records", "register", "timeline", "token_lists")
#: Modules that have another way in Python beside them.
KERNELS = sorted(path.stem for path in Path(__file__).parent.glob("higgs_logscan/_*.pyx"))
#: Kernels of this name are another one once more, for newer processors; which of them runs is chosen where it runs.
AVX2 = "_avx2"
if platform.machine().lower() not in ("x86_64", "amd64"):
    KERNELS = [name for name in KERNELS if not name.endswith(AVX2)]

extensions = [Extension(f"higgs_logscan.{name}", [f"higgs_logscan/{name}.py"]) for name in MODULES]
extensions += [Extension(f"higgs_logscan.{name}", [f"higgs_logscan/{name}.pyx"]) for name in KERNELS]
for extension in extensions:
    extension.extra_compile_args = ["-O3", "-g0"]
    if extension.name.endswith(AVX2):
        extension.extra_compile_args += ["-mavx2", "-mbmi", "-mbmi2"]
    extension.depends = [str(path) for path in Path("higgs_logscan").glob("*.h")]
    if STABLE_ABI:
        extension.define_macros = [("Py_LIMITED_API", "0x030b0000")]
        extension.py_limited_api = True

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

options: dict[str, dict[str, object]] = {"build_ext": {"parallel": os.cpu_count()}}
if STABLE_ABI:
    options["bdist_wheel"] = {"py_limited_api": "cp311"}
setup(ext_modules=compiled, options=options)
