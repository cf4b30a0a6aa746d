# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The reader's loop over lines of known shapes, compiled: it fills the columns of `Lines`.

It takes a line only where it is sure to read what the declared pattern would, and stops at any other: Python
reads that one, and teaches its shape. `Reader` in Python is its oracle.
"""

import re

from cpython.pythread cimport (
    NOWAIT_LOCK, PyThread_acquire_lock, PyThread_allocate_lock, PyThread_free_lock, PyThread_release_lock,
    PyThread_type_lock, WAIT_LOCK,
)
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, strtod
from libc.string cimport memchr, memcmp, memcpy, memset

from higgs_logscan import program
from higgs_logscan.program import LONGEST_SHAPE as _LONGEST_SHAPE
from higgs_logscan.timestamps import BLANKED as _BLANKED
from higgs_logscan.timestamps import DAYS_TO_2020 as _DAYS_TO_2020
from higgs_logscan.timestamps import NO_TIME as _NO_TIME

cdef extern from "_abreast.h":
    ctypedef struct marks:
        uint64_t digits, commas, spaces, minus
    const int ABREAST
    const int SHAPE_ROOM
    const int SHORT
    int has_avx2_here() nogil
    bint blank(uint8_t byte) nogil
    uint64_t stops(const uint8_t* text, uint8_t sign) nogil
    ctypedef struct sum:
        pass
    const sum EMPTY_SUM
    uint64_t hash_of(sum of, size_t length) nogil
    void zero_digits(const uint8_t* text, uint8_t* shape, size_t length, sum* of) nogil
    uint64_t short_shape(const uint8_t* text, uint8_t sign, uint8_t* shape, int64_t* length) nogil
    int same(const uint8_t* one, const uint8_t* other, size_t length) nogil
    int alike(const uint8_t* text, const uint8_t* shape, int64_t length) nogil
    marks marked(const uint8_t* text) nogil
    int lowest(uint64_t bits) nogil
    int __builtin_clzll(unsigned long long bits) nogil
    int64_t eight_digits(const uint8_t* end, int length) nogil
    int leading_digits(const uint8_t* text, uint64_t* number) nogil
    uint64_t hashed(const uint8_t* text, size_t length) nogil
    void publish(Entry** place, Entry* entry) nogil
    Entry* published(Entry** place) nogil
    bint test_and_set(char* flag) nogil
    void clear(char* flag) nogil

# How often lines have been put and not got, at most.
DEF ROOM = 32
# Bytes in which the end of the last of several blocks is looked for.
DEF TAIL = 1 << 16
# Shapes are found, or not, within so many places of the table.
DEF PLACES = 1 << 17
DEF PROBES = 32
# What follows a line is watched so often, and expected if it came that often; watched again after as many misses.
DEF WATCHED = 64
DEF MOST = 32
# A line, with its carriage returns, of more records is read in Python.
DEF MOST_RECORDS = 256

# As `program.Reading` and `program.Code` number them.
cdef enum:
    STOP, UNKNOWN, KNOWN, SILENT, LINE, BAR
cdef enum:
    LITERAL, OPTIONAL, SPACES, NUMBER, INTEGER, PERCENT, SHAPE, INTEGERS, ANY_NUMBER, ANY_INTEGER
    UNTIL, BRACKETED, REST, END, NOT_NUMBER, NOT_WORD, TEXT
    DIGITS  # an integer of so many digits, as the shape tells

cdef struct Step:
    int code
    int at
    int length
    uint8_t* words

cdef struct Entry:
    uint64_t hash
    size_t length
    Entry* next  # what mostly comes behind such a line
    Step* steps
    uint8_t expected, watched, came, missed  # whether it is expected; how often it came: see `watch`
    int kind, plan, dialect, order, count
    uint8_t certain, head, plain
    int stamp, stamped  # from where to where a timestamp is read; 0 where none is
    int name, place  # of a bar: bytes of its name, where its position is; -1 where the shape does not tell
    int[2] ends, lengths  # of its position and of what is planned; 0 where they are longer than eight digits
    int64_t rank
    Py_ssize_t fixed  # of a stem: bytes of the shape that it fixes, and which
    uint8_t* prefix

cdef struct Scan:
    const uint8_t* data
    const uint8_t* limit
    int32_t* plan
    int32_t* line
    int32_t* start
    int32_t* stop
    int32_t* slot
    double* real
    int64_t* whole
    int32_t* size
    int32_t* items
    int64_t* by_dialect
    Py_ssize_t read, end, count, rows, slots, values, filled, room, segments, recognised, newlines
    bint strict
    int noted
    int[MOST_RECORDS] dialects  # of the records of this line
    uint64_t unheaded  # see `Lines`
    Entry* last
    Entry* bar
    Entry* drawn  # what drew the last bar, if its shape tells that
    bint told  # whether the bar has the shape of its entry
    const uint8_t* bar_start
    const uint8_t* bar_stop

#: How far a bar has come, as the end of its shape tells.
PLACE = re.compile(rb"\| *(\d+)/(\d+) \[\Z")
cdef uint64_t[9] TENS
cdef int _power
TENS[0] = 1
for _power in range(1, 9):
    TENS[_power] = TENS[_power - 1] * 10
cdef Py_ssize_t LONGEST_LINE = program.LONGEST_LINE
assert _LONGEST_SHAPE <= SHAPE_ROOM


def has_avx2():
    """Whether this processor runs the same module compiled for AVX2, `_scanner_avx2`."""
    return bool(has_avx2_here())


cdef inline bint digit(uint8_t c) noexcept nogil:
    return <uint8_t> (c - 48) < 10


cdef inline bint worded(uint8_t c) noexcept nogil:
    return digit(c) or <uint8_t> ((c | 32) - 97) < 26 or c == 95


include "_timestamps.pxi"
include "_stems.pxi"
include "_shapes.pxi"
include "_values.pxi"
include "_steps.pxi"
include "_bars.pxi"
include "_lines.pxi"
include "_ahead.pxi"
