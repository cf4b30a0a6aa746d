# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Texts copied out of the blocks that hold them, many at once. `ground.Ground.kept` does the same one by one."""

import numpy as np

from libc.string cimport memcpy


def gather(const long long[::1] address, const int[::1] size, int width):
    """Texts as one column of fixed width: `size[i]` bytes, at most `width`, from address `address[i]`."""
    cdef Py_ssize_t i, count = address.shape[0]
    texts = np.zeros(count, f"S{max(width, 1)}")
    cdef unsigned char[::1] view
    if count:
        view = texts.view(np.uint8)
        with nogil:
            for i in range(count):
                if size[i]:
                    memcpy(&view[i * width], <const char*> address[i], size[i])
    return texts
