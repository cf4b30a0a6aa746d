# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Lines looked up in the parts of a log that hold them, many at once. `ground.Ground.at` does the same for one."""

import numpy as np

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.string cimport memcpy, memset

from higgs_logscan.stored import Passage

cdef extern from "_read_at.h":
    Py_ssize_t read_at(int descriptor, void* data, size_t room, long long byte) nogil


cpdef long long address(memory) except -1:
    """Where these bytes, or the values of this array, stand: as long as they live, and are not resized."""
    cdef Py_buffer view
    PyObject_GetBuffer(memory, &view, PyBUF_SIMPLE)
    cdef long long found = <long long> view.buf
    PyBuffer_Release(&view)
    return found


def table(parts):
    """Of each part its first line among all, the addresses of its columns `line`, `start` and `stop` and of its data (0
    where that is in a file), its line number, its byte, and the line behind its last."""
    cdef Py_ssize_t i
    rows = np.empty((len(parts), 8), np.int64)
    cdef long long[:, ::1] row = rows
    for i in range(len(parts)):
        part = parts[i]
        row[i, 0], row[i, 5], row[i, 6] = part.serial, part.number, part.byte
        row[i, 7] = row[i, 0] + <long long> part.count
        row[i, 1], row[i, 2], row[i, 3] = address(part.line), address(part.start), address(part.stop)
        row[i, 4] = 0 if isinstance(part.data, Passage) else address(part.data)
    return rows


def locate(const long long[:] places, const long long[:, ::1] parts, int quote):
    """Where lines stand: line numbers, bytes, sizes of their texts (at most `quote`), addresses of those, and parts.
    All are 0 of a place that is in no part; the address is where that is in a file. `parts` as `table` makes them."""
    cdef Py_ssize_t i, count = places.shape[0], part = 0, low, high
    cdef long long row
    cdef int start, length
    lines, bytes_, addresses = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    sizes, held = np.zeros(count, np.int16), np.zeros(count, np.int32)
    cdef long long[::1] line = lines, byte = bytes_, address = addresses
    cdef short[::1] size = sizes
    cdef int[::1] of = held
    with nogil:
        for i in range(count):
            row = places[i]
            if row < 0:
                continue
            if not parts[part, 0] <= row < parts[part, 7]:
                low, high = 0, parts.shape[0] - 1
                while low < high:
                    part = (low + high + 1) // 2
                    if parts[part, 0] <= row:
                        low = part
                    else:
                        high = part - 1
                part = low
            row -= parts[part, 0]
            start = (<const int*> parts[part, 2])[row]
            length = (<const int*> parts[part, 3])[row] - start
            line[i] = parts[part, 5] + (<const int*> parts[part, 1])[row]
            byte[i] = parts[part, 6] + start
            size[i] = length if length < quote else quote
            address[i] = parts[part, 4] + start if parts[part, 4] else 0
            of[i] = part
    return lines, bytes_, sizes, addresses, held


def gather(const long long[::1] address, const short[::1] size, const long long[::1] byte, int descriptor):
    """Texts one after the other: `size[i]` bytes from address `address[i]`, or from byte `byte[i]` of a file, where that
    is 0. Spaces stand for what the file has lost."""
    cdef Py_ssize_t i, count = address.shape[0], total = 0, length
    for i in range(count):
        total += size[i]
    texts = PyBytes_FromStringAndSize(NULL, total)
    cdef char* to = PyBytes_AS_STRING(texts)
    with nogil:
        for i in range(count):
            if address[i]:
                memcpy(to, <const char*> address[i], size[i])
            elif size[i]:
                length = max(0, read_at(descriptor, to, size[i], byte[i]))
                memset(to + length, 32, size[i] - length)
            to += size[i]
    return texts
