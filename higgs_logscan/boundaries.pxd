cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.open_records cimport OpenRecords

cdef int BAR_BEFORE, BEGUN, CLOSED, ECHO, ELAPSED, MIXED, ROW, STEP, STEP_INFERRED, TIME_TO, NOT_PRINTED, _KINDS, _MICRO_BATCH, _STEP, _EVALUATION, _EPOCH, _BLOCKS

@cython.final
cdef class Boundaries:
    cdef public OpenRecords open
    cdef public list touched

    @cython.locals(kind=int, rank=Py_ssize_t, block=Py_ssize_t, mixed=cython.bint)
    cpdef Py_ssize_t block(self, Action action, Py_ssize_t number, Py_ssize_t i) except -1
    @cython.locals(step=cython.longlong, closed=cython.bint, at=Py_ssize_t)
    cdef bint _over(self, Action action, Py_ssize_t block, Py_ssize_t i) except -1
    @cython.locals(touched=list, last=int, block=Py_ssize_t)
    cdef int _touch(self, Py_ssize_t rank, int kind, int joins) except -1
    @cython.locals(read=OpenRecords, row=Py_ssize_t)
    cpdef begin(self, Action action, Py_ssize_t block, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(row=Py_ssize_t)
    cpdef end(self, Py_ssize_t block)
    @cython.locals(step=cython.longlong)
    cdef _by_bar(self, Py_ssize_t block, Py_ssize_t row)
