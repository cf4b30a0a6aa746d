cimport cython
from higgs_logscan.register cimport Register

cdef int LIST_FIRST, LIST_SIZE, PIECES, OF_BLOCK, NUMBER, COUNT, WILD, ROOM
cdef long long FARTHEST

@cython.final
cdef class TokenLists:
    cdef public Register register
    cdef public long long[:, ::1] lists
    cdef public int[:, ::1] tokens
    cdef public Py_ssize_t rooms

    cpdef know_blocks(self, Py_ssize_t more)
    cpdef Py_ssize_t row(self, Py_ssize_t block, Py_ssize_t modality, Py_ssize_t role) noexcept nogil
    cpdef bint has_room(self, Py_ssize_t row) noexcept nogil
    cpdef make_room(self, Py_ssize_t row)
    cpdef bint begun(self, Py_ssize_t row) noexcept nogil
    cpdef void begin(self, Py_ssize_t row, Py_ssize_t number) noexcept nogil
    @cython.locals(count=Py_ssize_t)
    cpdef void add(self, Py_ssize_t row, long long token) noexcept nogil
    @cython.locals(row=Py_ssize_t, number=Py_ssize_t, count=Py_ssize_t, first=Py_ssize_t)
    cpdef void end(self, Py_ssize_t block) noexcept nogil
