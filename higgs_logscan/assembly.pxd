cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.bars cimport Bars, Loop
from higgs_logscan.register cimport Register
from higgs_logscan.timeline cimport Timeline
from higgs_logscan.timestamp cimport milliseconds

cdef int BYTE, CODEBOOK_LOSS, CODEBOOK_LOSSES, ELAPSED, GATHERED, HAS, LIST, LIST_FIRST, LIST_SIZE, MAPPING, MASKED, MIXED, NAMES_CODEBOOK
cdef int NAMES_RANK, NAMES_SAMPLE, NAMES_STEP, OBJECT, PLACE, RANK, REAL, REAL_OF_MODALITY, SHAPE, STEP, STEP_INFERRED
cdef int TIME, TIME_FROM, TIME_TO, TOKEN, TOTAL, VALID, WHOLE, WHOLE_OF_MODALITY, SIZES, SIZE_BITS, NOT_PRINTED, LARGE
cdef int PIECES, _KINDS, _MICRO_BATCH, _STEP, _EVALUATION, _EPOCH, _BLOCKS
cdef long long _ABSENT, BLANKED, LATEST_PART

@cython.final
cdef class Block:
    cdef public Py_ssize_t row, window, lists, counts, losses
    cdef public int kind, modality
    cdef public int sample, codebook
    cdef public long long begun, bar, key
    cdef public bint closed, echo
    cdef public dict tokens

@cython.final
cdef class Assembler:
    cdef public object plans, lines, settled
    cdef public Bars bars
    cdef public bint progress
    cdef public Register register
    cdef public Timeline timeline
    cdef public list actions, blocks, touched, parts
    cdef public dict beginnings, ranks
    cdef public long long closers, serial, base, kept, held
    cdef int[::1] _plan, _slot, _start, _size, _items
    cdef long long[::1] _whole
    cdef double[::1] _real
    cdef const unsigned char[::1] _data

    @cython.locals(i=Py_ssize_t, count=Py_ssize_t)
    cpdef feed(self, lines)
    @cython.locals(action=Action, block=Block)
    cdef void _line(self, Py_ssize_t number, Py_ssize_t i) except *
    cdef Action _action(self, Py_ssize_t number)
    @cython.locals(block=Block, place=cython.longlong)
    cdef void _says(self, Action action, Py_ssize_t i) except *
    @cython.locals(register=Register, row=Py_ssize_t, slot=Py_ssize_t, place=cython.longlong, counted=int,
                   masked=cython.longlong, valid=cython.longlong, total=cython.longlong, k=int, at=Py_ssize_t,
                   done=int, column=int, number=Py_ssize_t)
    cdef void _fill(self, Action action, Block block, Py_ssize_t i) except *
    @cython.locals(register=Register, row=Py_ssize_t, done=int, column=int, modality=int)
    cdef void _other(self, Action action, Block block, int k, Py_ssize_t at, long long place) except *
    cdef void _codebook_loss(self, Block block, long long codebook, double loss, long long place) except *
    @cython.locals(first=Py_ssize_t, size=Py_ssize_t)
    cdef _object(self, Action action, int k, Py_ssize_t at)
    cdef int _modality(self, Action action, Block block)
    @cython.locals(code=cython.longlong, part=cython.longlong, small=cython.bint, n=Py_ssize_t)
    cdef void _shape(self, Py_ssize_t row, int column, Py_ssize_t first, Py_ssize_t size, long long place) except *
    @cython.locals(register=Register, modality=int, codebook=int, kind=int, number=Py_ssize_t, part=cython.longlong,
                   key=cython.longlong, known=cython.bint)
    cdef Py_ssize_t _list(self, Action action, Block block, int role, Py_ssize_t i, Py_ssize_t at) except -2
    cdef _token(self, Action action, Block block, int role, Py_ssize_t i, Py_ssize_t at)
    cdef _mapping(self, Action action, Py_ssize_t row, dict pairs, long long place)
    @cython.locals(register=Register, row=Py_ssize_t)
    cdef _gather(self, Block block, int column, str words, long long place)
    @cython.locals(slot=Py_ssize_t, loop=Loop)
    cdef _redraw(self, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(action=Action)
    cdef _bar(self, plan, at)
    @cython.locals(block=Block, place=cython.longlong, step=cython.longlong)
    cdef _happened(self, Action action, Py_ssize_t i)
    @cython.locals(kind=int, rank=Py_ssize_t, touched=list, slot=Py_ssize_t, block=Block, mixed=cython.bint)
    cdef Block _block(self, Action action, Py_ssize_t i)
    @cython.locals(step=cython.longlong, at=Py_ssize_t)
    cdef bint _over(self, Action action, Block block, Py_ssize_t i) except -1
    @cython.locals(touched=list, block=Block, last=int)
    cdef int _touch(self, Py_ssize_t rank, int kind, int joins) except -1
    @cython.locals(register=Register, row=Py_ssize_t, block=Block, time=cython.longlong)
    cdef Block _opened(self, Action action, Py_ssize_t slot, int kind, Py_ssize_t i)
    @cython.locals(start=Py_ssize_t)
    cdef long long _time(self, Action action, Py_ssize_t i) except *
    @cython.locals(register=Register, row=Py_ssize_t, block=Block, empty=cython.bint)
    cdef void _end(self, Py_ssize_t slot) except *
    cdef void _by_bar(self, Block block) except *

cdef int _last(list kinds) except -2
cdef int _part(long long number) except -2
