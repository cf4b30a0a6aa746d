cimport cython

cdef int KIND, RANK, STEP, STEP_INFERRED, PHASE, MIXED, START, ORDINAL, TIME, TIME_FROM, TIME_TO, ELAPSED, HAS, SAID
cdef int LIST_ROW, LIST_KIND, LIST_SAMPLE, LIST_CODEBOOK, LIST_FIRST, LIST_SIZE
cdef int WINDOW_ROW, WINDOW_KEY, WINDOW_LIST, WINDOW_PREVIOUS
cdef int MASKING_ROW, MASKING_MODALITY, MASKING_SAMPLE, MASKING_VALID, MASKING_TOTAL, MASKING_PLACE
cdef int LOSS_ROW, LOSS_CODEBOOK, LOSS_PLACE
cdef int TOKENS_EACH
cdef long long NO_TIME

@cython.final
cdef class Register:
    cdef public long long[::1] free
    cdef public Py_ssize_t records, listed, windowed, masked, lost, filled, pending, ended, unused
    cdef public int[:, ::1] lists
    cdef public long long[::1] list_place
    cdef public long long[:, ::1] fields, place, whole, windows, maskings, codebook_losses
    cdef public double[:, ::1] real
    cdef public double[::1] losses
    cdef public int[::1] items
    cdef public long long[::1] order
    cdef public dict said

    cpdef reserve(self, Py_ssize_t lines)
    @cython.locals(row=Py_ssize_t)
    cpdef Py_ssize_t opened(self, int kind, long long rank) noexcept nogil
    cpdef void release(self, Py_ssize_t row) noexcept nogil
    cpdef void end(self, Py_ssize_t row) except *
    @cython.locals(bit=cython.longlong)
    cpdef says(self, Py_ssize_t row, int column, value, long long place)
    @cython.locals(bit=cython.longlong)
    cpdef unsay(self, Py_ssize_t row, int column)
    @cython.locals(bit=cython.longlong)
    cpdef void put(self, Py_ssize_t row, int column, long long place) noexcept nogil
    cpdef bint has(self, Py_ssize_t row, int column) noexcept nogil
    cpdef bint has_object(self, Py_ssize_t row, int column) noexcept nogil
    @cython.locals(first=Py_ssize_t)
    cpdef Py_ssize_t hold(self, int[::1] items, Py_ssize_t count) except -1
    @cython.locals(first=Py_ssize_t, k=Py_ssize_t)
    cpdef Py_ssize_t hold_pending(self, int[:, ::1] tokens, Py_ssize_t row, Py_ssize_t count) noexcept nogil
    @cython.locals(at=Py_ssize_t)
    cpdef Py_ssize_t add_list(self, Py_ssize_t row, int kind, int sample, int codebook, long long place) noexcept nogil
    @cython.locals(at=Py_ssize_t)
    cpdef Py_ssize_t add_window(self, Py_ssize_t row, long long key, int role, Py_ssize_t of_list, Py_ssize_t last, bint known) noexcept nogil
    @cython.locals(at=Py_ssize_t)
    cpdef void add_masking(self, Py_ssize_t row, int modality, long long sample, long long valid, long long total, long long place) noexcept nogil
    @cython.locals(at=Py_ssize_t)
    cpdef void add_codebook_loss(self, Py_ssize_t row, long long codebook, double loss, long long place) except *
