# cython: language_level=3, boundscheck=False, wraparound=False
"""The reader's loop over lines, compiled. `reader.read_lines` is the same loop in Python, and its oracle."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.dict cimport PyDict_GetItem
from cpython.ref cimport PyObject
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcmp

import numpy as np

from higgs_logscan import reader as _reader

# A head longer than this is read in Python: shapes are short.
DEF HEAD = 1024


cdef struct Column:
    long long* values
    Py_ssize_t length
    Py_ssize_t room


cdef int push(Column* column, long long value) except -1:
    if column.length == column.room:
        column.room = column.room * 2 + 1024
        column.values = <long long*> realloc(column.values, column.room * sizeof(long long))
        if column.values == NULL:
            raise MemoryError
    column.values[column.length] = value
    column.length += 1
    return 0


cdef taken(Column* column):
    """The column as an array that owns its memory."""
    cdef Py_ssize_t i
    array = np.empty(column.length, np.int64)
    cdef long long[::1] view = array
    for i in range(column.length):
        view[i] = column.values[i]
    free(column.values)
    return array


cdef bint tokens(const char* text, Py_ssize_t length, Column* values) except -1:
    """Parse `1, -100, 3` in place. False, with nothing kept, if it holds anything but numbers and commas."""
    cdef Py_ssize_t i = 0, kept = values.length
    cdef long long number
    cdef int sign, digits
    while i < length:
        sign = 1
        if text[i] == c"-":
            sign = -1
            i += 1
        number = 0
        digits = 0
        while i < length and c"0" <= text[i] <= c"9":
            number = number * 10 + (text[i] - 48)
            digits += 1
            i += 1
        if digits == 0 or digits > 9:
            values.length = kept
            return False
        push(values, sign * number)
        if i == length:
            return True
        if text[i] != c",":
            values.length = kept
            return False
        i += 1
        if i < length and text[i] == c" ":
            i += 1
        if i == length:  # a list that its printer elided ends in a comma
            values.length = kept
            return False
    return True


cdef Py_ssize_t ranked(const char* text, Py_ssize_t length):
    """The length of `[rank` or `[default` where the text begins with it; 0 where it does not."""
    if length > 5 and memcmp(text, b"[rank", 5) == 0:
        return 5
    return 8 if length > 8 and memcmp(text, b"[default", 8) == 0 else 0


cdef void zeroed(const char* text, Py_ssize_t length, char* shape) noexcept:
    """As `plan.shape`."""
    cdef Py_ssize_t i = 0, kept
    while i < length:
        kept = i + ranked(text + i, length - i) if text[i] == c"[" else i
        if kept > i:
            while kept < length and c"0" <= text[kept] <= c"9":
                kept += 1
            while i < kept:
                shape[i] = text[i]
                i += 1
            continue
        shape[i] = c"0" if c"1" <= text[i] <= c"9" else text[i]
        i += 1


def read_lines(reader, bytes data, Py_ssize_t begin, batch, bint plain):
    """As `reader.read_lines`."""
    cdef const char* text = data
    cdef Py_ssize_t size = len(data), here = begin, start, stop, cut, head, end, offset
    cdef Py_ssize_t longest = _reader.LONGEST_LINE
    cdef long long byte = reader.byte, number = reader.line, known = 0, unknown = 0, base = batch.base, after
    cdef const char* found_at
    cdef char shape_text[HEAD]
    cdef dict plain_shapes = reader.plans.plain
    cdef list matches = reader._matches
    cdef PyObject* found_shape
    cdef bint barred = reader._bar is not None
    cdef Column spelled = [NULL, 0, 0], numbers = [NULL, 0, 0], begins = [NULL, 0, 0]
    cdef Column cuts = [NULL, 0, 0], ends = [NULL, 0, 0], values = [NULL, 0, 0], value_ends = [NULL, 0, 0]
    cdef tuple shape
    dialect_lines = reader.dialect_lines
    cdef list run = None
    key = None
    while True:
        found_at = <const char*> memchr(text + here, c"\n", size - here)
        if found_at == NULL:
            break
        stop = found_at - text
        start = here
        here = stop + 1
        if memchr(text + start, c"\r", stop - start) != NULL:
            if text[start] == c"\r" and memchr(text + start + 1, c"\r", stop - start - 1) == NULL and not reader._dropped:
                byte += 1
                start += 1
            else:
                reader.byte, reader.line = byte, number
                start = stop - len(reader._redraws(data[start:stop]))
                byte = reader.byte
                barred = reader._bar is not None
        after = byte + stop - start + 1
        if stop - start > longest:
            plain_line = False
        else:
            plain_line = plain
        while plain_line and start < stop:
            found_at = <const char*> memchr(text + start + 1, c"[", stop - start - 1)
            cut = found_at - text if found_at != NULL else -1
            head = (cut if cut >= 0 else stop) - start
            if head > HEAD:
                break
            zeroed(text + start, head, shape_text)
            found_shape = PyDict_GetItem(plain_shapes, PyBytes_FromStringAndSize(shape_text, head))
            if found_shape == NULL and cut >= 0 and stop - start <= HEAD:
                zeroed(text + start, stop - start, shape_text)
                found_shape = PyDict_GetItem(plain_shapes, PyBytes_FromStringAndSize(shape_text, stop - start))
                cut = -1
            if found_shape == NULL:
                break
            shape = <tuple> found_shape
            plan = shape[0]
            if <long long> shape[3] >= 0 and text[stop - 1] == c"]" and tokens(text + cut + 1, stop - cut - 2, &values):
                if barred:
                    reader._end_of_line()
                    barred = False
                if run is None or plan.key != key or matches[len(matches) - 1] is not run:
                    key = plan.key
                    run = [plan, None, [batch, numbers.length, 0]]
                    matches.append(run)
                push(&spelled, shape[3])
                push(&numbers, number)
                offset = byte - base
                push(&begins, offset)
                push(&cuts, offset + cut - start)
                push(&ends, offset + stop - start)
                push(&value_ends, values.length)
                run[2][2] = numbers.length
                known += 1
            elif shape[1] is None:
                if cut >= 0 or reader._spans_open:
                    break
                if barred:
                    reader._end_of_line()
                    barred = False
                if plan.what is None:
                    unknown += 1
                else:
                    dialect_lines[plan.dialect] += 1
                    known += 1
            elif plan.glued:
                if cut < 0:
                    break
                found_at = <const char*> memchr(text + cut, c"]", stop - cut)
                if found_at == NULL:
                    break
                end = found_at - text + 1
                reader._bar = (plan, (number, byte, data[start:end]))
                barred = True
                byte += end - start
                start = end
                while end < stop and (text[end] == c" " or text[end] == c"\t"):
                    end += 1
                if end < stop:
                    continue
                reader._end_of_line()
                barred = False
                known += 1
            else:
                line = data[start:stop]
                found = shape[1](line, shape[2])
                if found is None:
                    break
                if barred:
                    reader._end_of_line()
                    barred = False
                dialect_lines[plan.dialect] += 1
                known += 1
                if not plan.silent:
                    matches.append((plan, found.groups(), (number, byte, line)))
            start = stop
            break
        if start < stop:
            reader.byte, reader.line = byte, number
            reader._piece(data[start:stop])
            reader._end_of_line()
            barred = False
        byte = after
        number += 1
    batch.spelling, batch.number = taken(&spelled), taken(&numbers)
    batch.begin, batch.cut, batch.end = taken(&begins), taken(&cuts), taken(&ends)
    batch.values = taken(&values).astype(np.int32), taken(&value_ends)
    reader.byte, reader.line = byte, number
    if here < size:
        reader._redraws(data[here:])
    return known, unknown
