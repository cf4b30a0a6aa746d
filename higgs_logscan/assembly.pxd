cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.bars cimport Bars
from higgs_logscan.open_records cimport OpenRecords
from higgs_logscan.register cimport Register
from higgs_logscan.timeline cimport Timeline
from higgs_logscan.timestamp cimport milliseconds

cdef int CODEBOOK_LOSS, CODEBOOK_LOSSES, ELAPSED, GATHERED, LIST, MAPPING, MIXED, NAMES_RANK, NAMES_STEP, OBJECT, RANK
cdef int REAL_OF_MODALITY, SHAPE, STEP, STEP_INFERRED, TIME_TO, TOKEN, WHOLE, WHOLE_OF_MODALITY, NOT_PRINTED, LARGE, PIECES
cdef int ROW, BEGUN, CLOSED, ECHO, HEAD_CODEBOOK, LAST_WINDOW, BAR_BEFORE, LOSSES, TOKENS
cdef int _KINDS, _MICRO_BATCH, _STEP, _EVALUATION, _EPOCH, _BLOCKS

@cython.final
cdef class Assembler:
    cdef public object plans, settled, taking
    cdef public Bars bars
    cdef public bint progress
    cdef public Register register
    cdef public Timeline timeline
    cdef public OpenRecords open
    cdef public list touched, parts
    cdef public dict beginnings, ranks, actions, tokens
    cdef public long long serial, kept

    @cython.locals(i=Py_ssize_t, count=Py_ssize_t)
    cpdef feed(self, lines)
    cdef _turn_to(self, lines)
    @cython.locals(action=Action, block=Py_ssize_t)
    cdef _line(self, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(action=Action)
    cdef Action _action(self, Py_ssize_t number)
    @cython.locals(block=Py_ssize_t, place=cython.longlong)
    cdef _says(self, Action action, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(read=OpenRecords, row=Py_ssize_t, first=Py_ssize_t, place=cython.longlong, k=int, at=Py_ssize_t,
                   done=int, column=int)
    cdef _fill(self, Action action, Py_ssize_t block, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(read=OpenRecords, register=Register, row=Py_ssize_t, done=int, column=int, modality=int)
    cdef _other(self, Action action, Py_ssize_t block, Py_ssize_t number, int k, Py_ssize_t at, long long place)
    cdef _codebook_loss(self, Py_ssize_t block, long long codebook, double loss, long long place)
    @cython.locals(first=Py_ssize_t, size=Py_ssize_t)
    cdef _object(self, Action action, int k, Py_ssize_t at)
    @cython.locals(register=Register, code=cython.longlong)
    cdef _shape(self, Py_ssize_t row, int column, Py_ssize_t first, Py_ssize_t size, long long place)
    cdef _token(self, Py_ssize_t block, Py_ssize_t number, int role, Py_ssize_t at, long long place)
    cdef _mapping(self, Action action, Py_ssize_t row, dict pairs, long long place)
    @cython.locals(register=Register)
    cdef _gather(self, Py_ssize_t row, int column, str words, long long place)
    cdef _redraw(self, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(action=Action, number=Py_ssize_t)
    cdef _bar(self, plan, at)
    @cython.locals(block=Py_ssize_t, row=Py_ssize_t, place=cython.longlong, step=cython.longlong)
    cdef _happened(self, Action action, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(kind=int, rank=Py_ssize_t, block=Py_ssize_t, mixed=cython.bint)
    cdef Py_ssize_t _block(self, Action action, Py_ssize_t number, Py_ssize_t i) except -1
    @cython.locals(step=cython.longlong, closed=cython.bint, at=Py_ssize_t)
    cdef bint _over(self, Action action, Py_ssize_t block, Py_ssize_t i) except -1
    @cython.locals(touched=list, last=int, block=Py_ssize_t)
    cdef int _touch(self, Py_ssize_t rank, int kind, int joins) except -1
    @cython.locals(read=OpenRecords, row=Py_ssize_t)
    cdef _opened(self, Action action, Py_ssize_t block, Py_ssize_t number, Py_ssize_t i)
    @cython.locals(row=Py_ssize_t)
    cdef _end(self, Py_ssize_t block)
    @cython.locals(step=cython.longlong)
    cdef _by_bar(self, Py_ssize_t block, Py_ssize_t row)
