cimport cython

@cython.final
cdef class Loop:
    cdef public Py_ssize_t plan, row
    cdef public long long position, planned, seconds
    cdef public object lines, at, epoch

    cpdef bint is_epoch(self) except -1

@cython.final
cdef class Bars:
    cdef public dict _loops
    cdef public object lines
    cdef public long long number, position, planned, seconds
    cdef public Py_ssize_t plan, row
    cdef public bint drawn, ahead, moved
    cdef public Loop training

    cpdef bint redrawn(self, long long number, Py_ssize_t plan, Py_ssize_t row, long long position, long long planned,
                       long long seconds) noexcept nogil
    cpdef turn(self, long long number)
    @cython.locals(loop=Loop)
    cpdef _catch_up(self)
    @cython.locals(loop=Loop)
    cpdef long long reached(self) except *
    @cython.locals(loop=Loop)
    cpdef long long running(self) except *
    @cython.locals(loop=Loop, training=Loop, last=Loop)
    cdef Loop _training(self)
