cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.bars cimport Bars
from higgs_logscan.filling cimport Filling
from higgs_logscan.open_records cimport OpenRecords
from higgs_logscan.register cimport Register
from higgs_logscan.timeline cimport Timeline
from higgs_logscan.timestamp cimport milliseconds

cdef int BAR_BEFORE, BEGUN, BYTE, CLOSED, ECHO, ELAPSED, LAST_WINDOW, MIXED, PLACE, ROW, STEP, STEP_INFERRED, TIME_TO
cdef int NOT_PRINTED, _KINDS, _MICRO_BATCH, _STEP, _EVALUATION, _EPOCH, _BLOCKS

@cython.final
cdef class Assembler:
    cdef public object plans, settled, taking
    cdef public Bars bars
    cdef public bint progress
    cdef public Register register
    cdef public Timeline timeline
    cdef public OpenRecords open
    cdef public Filling filling
    cdef public list touched, parts
    cdef public dict beginnings, ranks, actions
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
