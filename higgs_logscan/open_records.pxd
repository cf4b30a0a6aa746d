cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.bars cimport Bars
from higgs_logscan.register cimport Register
from higgs_logscan.timeline cimport Timeline
from higgs_logscan.token_lists cimport TokenLists

cdef int BYTE, HAS, LIST_FIRST, LIST_SIZE, MIXED, PLACE, STEP, TIME, TIME_FROM, TIME_TO
cdef int NOTHING, BAR, ADDS_LIST, ADDS, JOINS, BEGINS, ADDS_TOKENS
cdef int REAL, WHOLE, SHAPE, NAMES_SAMPLE, NAMES_CODEBOOK, MASKED, VALID, TOTAL
cdef int ROW, BEGUN, CLOSED, ECHO, HEAD_MODALITY, HEAD_SAMPLE, HEAD_CODEBOOK, LAST_WINDOW, LARGEST_KEY, BAR_BEFORE, LISTS
cdef int COUNTS, LOSSES, TOKENS, OPEN
cdef int WAY, SLOT, FIRST_HOLE, HOLES, HEADER, NAMES, STATED, CODEBOOK, WINDOW, FILTERED, MAY_JOIN, BEGINNING
cdef int OF_RANK, STAMPED, STAMP_FROM, STAMP_TO, SHAPES, ACTION, OPERATION, COLUMN
cdef int NOT_PRINTED, SIZES, SIZE_BITS, PIECES, _KINDS, _MICRO_BATCH, _RANK_SHIFT
cdef long long BLANKED, ABSENT, LATEST_PART, _SIZE_LIMIT

# Nothing that is `nogil` can touch an object: the compiler sees to it.
@cython.final
cdef class OpenRecords:
    cdef public Register register
    cdef public Timeline timeline
    cdef public Bars bars
    cdef public long long[:, ::1] blocks, plans, holes
    cdef public TokenLists token_lists
    cdef public long long[::1] latest
    cdef public long long closers, base, held, byte
    cdef public Py_ssize_t known_holes
    cdef public object lines
    cdef public int[::1] plan, slot, start, size, items
    cdef public long long[::1] whole
    cdef public double[::1] real

    cpdef turn_to(self, lines, long long base, long long held)
    cpdef make_room(self, Py_ssize_t plans)
    cpdef know(self, Py_ssize_t number, Action action)
    @cython.locals(plan=Py_ssize_t, block=Py_ssize_t, column=int)
    cpdef Py_ssize_t read(self, Py_ssize_t i, Py_ssize_t count) noexcept nogil
    @cython.locals(way=int)
    cdef bint _reads(self, Py_ssize_t block, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    @cython.locals(slot=Py_ssize_t, planned=cython.longlong, seconds=cython.longlong)
    cpdef bint redrawn(self, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    @cython.locals(mixed=cython.bint, row=Py_ssize_t, begun=cython.longlong, closed=cython.bint)
    cdef bint _begins(self, Py_ssize_t block, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    @cython.locals(first=Py_ssize_t, latest=int, block=Py_ssize_t)
    cdef bint _joins(self, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    @cython.locals(hole=Py_ssize_t, count=Py_ssize_t, k=Py_ssize_t, row=Py_ssize_t, known=cython.bint)
    cdef bint _adds_tokens(self, Py_ssize_t block, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    @cython.locals(hole=Py_ssize_t, first=Py_ssize_t, k=Py_ssize_t, column=Py_ssize_t, row=Py_ssize_t)
    cdef bint _adds(self, Py_ssize_t block, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    @cython.locals(row=Py_ssize_t, count=Py_ssize_t, hole=Py_ssize_t, place=cython.longlong, first=Py_ssize_t, counted=int, code=cython.longlong,
                   masked=cython.longlong, valid=cython.longlong, total=cython.longlong, k=Py_ssize_t, at=Py_ssize_t, done=int,
                   column=Py_ssize_t, whole=cython.longlong)
    cpdef void add(self, Py_ssize_t block, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    cpdef bint small(self, Py_ssize_t row, Py_ssize_t column, Py_ssize_t at) noexcept nogil
    @cython.locals(code=cython.longlong, axis=cython.longlong, longest=cython.longlong, n=Py_ssize_t)
    cpdef long long code(self, Py_ssize_t first, long long size) noexcept nogil
    @cython.locals(own=int)
    cpdef int modality(self, Py_ssize_t block, Py_ssize_t plan) noexcept nogil
    @cython.locals(row=Py_ssize_t, sample=cython.longlong)
    cdef void _add_masking(self, Py_ssize_t block, Py_ssize_t plan, long long masked, long long valid, long long total,
                           long long place) noexcept nogil
    @cython.locals(row=Py_ssize_t, sample=int, codebook=int, modality=int, window=int, filtered=int, kind=int,
                   number=Py_ssize_t, key=cython.longlong, known=cython.bint, last=Py_ssize_t)
    cpdef Py_ssize_t add_list(self, Py_ssize_t block, Py_ssize_t plan, int role, Py_ssize_t at, long long place) noexcept nogil
    cpdef Py_ssize_t token_list(self, Py_ssize_t block, Py_ssize_t plan, Py_ssize_t role) noexcept nogil
    @cython.locals(row=Py_ssize_t)
    cpdef void add_token(self, Py_ssize_t block, Py_ssize_t plan, int role, Py_ssize_t at, long long place) noexcept nogil
    @cython.locals(row=Py_ssize_t)
    cpdef void open(self, Py_ssize_t block, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    cpdef long long time(self, Py_ssize_t plan, Py_ssize_t i) noexcept nogil
    cpdef void date(self, Py_ssize_t row, Py_ssize_t plan, long long time) noexcept nogil
    @cython.locals(row=Py_ssize_t, has=cython.bint, dated=cython.bint)
    cpdef bint shut(self, Py_ssize_t block) noexcept nogil

cpdef int part(long long number) noexcept nogil
