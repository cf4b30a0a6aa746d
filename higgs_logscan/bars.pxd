cimport cython

@cython.final
cdef class Loop:
    cdef public Py_ssize_t plan, row
    cdef public long long position, planned, seconds
    cdef public object lines, at

@cython.final
cdef class Bars:
    cdef public dict loops
    cdef public long long last_number
    cdef public Loop drawn

    cpdef Loop drawn_again(self, long long number)
