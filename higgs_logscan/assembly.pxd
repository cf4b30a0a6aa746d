cimport cython
from higgs_logscan.action cimport Action
from higgs_logscan.bars cimport Bars
from higgs_logscan.boundaries cimport Boundaries
from higgs_logscan.filling cimport Filling
from higgs_logscan.open_records cimport OpenRecords
from higgs_logscan.register cimport Register
from higgs_logscan.timeline cimport Timeline

cdef int BYTE, CLOSED, ECHO, LAST_WINDOW, PLACE, ROW, STEP, STEP_INFERRED
cdef int _KINDS, _MICRO_BATCH

@cython.final
cdef class Assembler:
    cdef public object plans, settled, taking
    cdef public Bars bars
    cdef public bint progress
    cdef public Register register
    cdef public Timeline timeline
    cdef public OpenRecords open
    cdef public Filling filling
    cdef public Boundaries boundaries
    cdef public list parts
    cdef public dict beginnings, ranks, actions
    cdef public long long serial, kept

    @cython.locals(i=Py_ssize_t, stop=Py_ssize_t, count=Py_ssize_t)
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
