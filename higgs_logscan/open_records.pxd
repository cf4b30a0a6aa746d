cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.bars cimport Bars, Loop
from higgs_logscan.register cimport Register
from higgs_logscan.timeline cimport Timeline
from higgs_logscan.timestamp cimport milliseconds

cdef int BYTE, HAS, LIST_FIRST, LIST_SIZE, MIXED, PLACE, SAID, STEP, STEP_INFERRED, TIME, TIME_FROM, TIME_TO
cdef int NOTHING, BAR, ADDS_LIST, ADDS, JOINS, BEGINS
cdef int REAL, WHOLE, SHAPE, NAMES_SAMPLE, NAMES_CODEBOOK, MASKED, VALID
cdef int NOT_PRINTED, SIZES, SIZE_BITS, PIECES, _KINDS, _MICRO_BATCH, _STEP, _EVALUATION, _RANK_SHIFT
cdef long long BLANKED, ABSENT, LATEST_PART, _SIZE_LIMIT

@cython.final
cdef class Block:
    cdef public Py_ssize_t row, window, lists, counts, losses
    cdef public int kind, modality, sample, codebook
    cdef public long long begun, bar, key
    cdef public bint closed, echo
    cdef public dict tokens

    cpdef reset(self, Py_ssize_t row)

@cython.final
cdef class OpenRecords:
    cdef public Register register
    cdef public Timeline timeline
    cdef public Bars bars
    cdef public list blocks, latest, actions
    cdef public long long closers, base, held, byte
    cdef public bint ordinary
    cdef public object lines
    cdef public int[::1] plan, slot, start, size, items
    cdef public long long[::1] whole
    cdef public double[::1] real
    cdef public const unsigned char[::1] data

    cpdef turn_to(self, lines, long long base, long long held)
    cpdef know(self, Py_ssize_t number, Action action)
    @cython.locals(actions=list, blocks=list, known=Py_ssize_t, number=Py_ssize_t, action=Action, block=Block)
    cpdef Py_ssize_t read(self, Py_ssize_t i, Py_ssize_t count) except -1
    @cython.locals(way=int)
    cdef bint _reads(self, Block block, Action action, Py_ssize_t number, Py_ssize_t i) except -1
    @cython.locals(loop=Loop, slot=Py_ssize_t)
    cpdef bint redrawn(self, Py_ssize_t number, Py_ssize_t i) except -1
    @cython.locals(mixed=cython.bint, latest=int)
    cdef bint _begins(self, Block block, Action action, Py_ssize_t i) except -1
    @cython.locals(first=Py_ssize_t, latest=int, block=Block)
    cdef bint _joins(self, Action action, Py_ssize_t i) except -1
    @cython.locals(register=Register, row=Py_ssize_t, place=cython.longlong, first=Py_ssize_t, counted=int,
                   masked=cython.longlong, valid=cython.longlong, total=cython.longlong, bit=cython.longlong,
                   k=Py_ssize_t, at=Py_ssize_t, done=int, column=Py_ssize_t, whole=cython.longlong)
    cdef bint _add(self, Block block, Action action, Py_ssize_t i) noexcept
    @cython.locals(said=cython.bint)
    cdef bint _small(self, Py_ssize_t row, Py_ssize_t column, Py_ssize_t at) noexcept
    @cython.locals(code=cython.longlong, axis=cython.longlong, longest=cython.longlong, n=Py_ssize_t)
    cpdef long long code(self, Py_ssize_t first, long long size) noexcept
    @cython.locals(modality=int)
    cpdef void add_masking(self, Block block, Action action, long long masked, long long valid, long long total,
                           long long place) noexcept
    @cython.locals(register=Register, modality=int, codebook=int, kind=int, number=Py_ssize_t, key=cython.longlong,
                   known=cython.bint)
    cpdef Py_ssize_t add_list(self, Block block, Action action, int role, Py_ssize_t at, long long place) noexcept
    @cython.locals(register=Register, row=Py_ssize_t, time=cython.longlong)
    cpdef open(self, Block block, Action action, Py_ssize_t i)
    @cython.locals(start=Py_ssize_t)
    cdef long long _time(self, Action action, Py_ssize_t i) except *
    @cython.locals(register=Register, row=Py_ssize_t, dated=cython.bint)
    cpdef close(self, Block block)
    cdef _by_bar(self, Block block, Py_ssize_t row)

cpdef int modality_of(Action action, Block block) noexcept
cpdef int part(long long number) noexcept
