cimport cython
from higgs_logscan.register cimport Register

cdef int KIND, ORDINAL, PHASE, RANK, START, STEP, STEP_INFERRED
cdef int _MICRO_BATCH, _STEP, _EVALUATION, _UNKNOWN, _TRAIN, _VALIDATION

@cython.final
cdef class Timeline:
    cdef public Register register
    cdef public long long step, start
    cdef public long long[::1] pending, ordinals
    cdef public Py_ssize_t waiting
    cdef public dict steps, starts

    cpdef void add(self, Py_ssize_t row) except *
    cpdef void wait(self, Py_ssize_t row) noexcept nogil
    @cython.locals(kind=int, rank=cython.longlong, before=cython.longlong)
    cpdef void named(self, Py_ssize_t row, long long step) except *
    @cython.locals(count=cython.longlong, since=cython.longlong, i=cython.longlong, row=Py_ssize_t)
    cpdef void release(self, int phase, long long until) except *
    @cython.locals(kind=int, ordinal=cython.longlong)
    cpdef void emit(self, Py_ssize_t row) except *
