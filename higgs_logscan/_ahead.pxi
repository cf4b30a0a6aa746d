# Blocks that are scanned by threads, ahead of the one that reads them.

cdef struct Task:
    Scan scan
    bint scans, over
    PyThread_type_lock given, done


cdef class Ahead:
    """Blocks that threads scan ahead, without Python and without its lock: `put` one, `get` it back in its turn.

    Each of the threads calls `work`, and ends when `end` is called. Blocks that are put and not got yet: at most ROOM.
    """

    cdef Shapes shapes
    cdef list lines
    cdef Task[ROOM] tasks
    cdef readonly Py_ssize_t given, taken

    def __cinit__(self, Shapes shapes):
        cdef int i
        self.shapes, self.lines = shapes, [None] * ROOM
        for i in range(ROOM):
            self.tasks[i].given, self.tasks[i].done = PyThread_allocate_lock(), PyThread_allocate_lock()
            if self.tasks[i].given == NULL or self.tasks[i].done == NULL:
                raise MemoryError
            PyThread_acquire_lock(self.tasks[i].given, WAIT_LOCK)
            PyThread_acquire_lock(self.tasks[i].done, WAIT_LOCK)

    def __dealloc__(self):
        cdef int i
        for i in range(ROOM):
            if self.tasks[i].given != NULL:
                PyThread_free_lock(self.tasks[i].given)
            if self.tasks[i].done != NULL:
                PyThread_free_lock(self.tasks[i].done)

    @property
    def full(self):
        return self.given - self.taken == ROOM

    def __len__(self):
        return self.given - self.taken

    def put(self, lines):
        """Have this block scanned."""
        cdef Task* task = &self.tasks[self.given % ROOM]
        lines.heads = self.shapes.heads
        task.scans = self.shapes.begin(lines, False, &task.scan)
        self.lines[self.given % ROOM] = lines
        self.given += 1
        PyThread_release_lock(task.given)

    def get(self):
        """The first block that was put and not got, scanned. There must be one."""
        cdef Task* task = &self.tasks[self.taken % ROOM]
        if not PyThread_acquire_lock(task.done, NOWAIT_LOCK):
            with nogil:
                PyThread_acquire_lock(task.done, WAIT_LOCK)
        lines, self.lines[self.taken % ROOM] = self.lines[self.taken % ROOM], None
        self.taken += 1
        if task.scans:
            finish(lines, &task.scan)
        return lines

    def work(self, Py_ssize_t first, Py_ssize_t step):
        """Scan every step-th block from the first on, until the end."""
        cdef Py_ssize_t number = first
        cdef Task* task
        with nogil:
            while True:
                task = &self.tasks[number % ROOM]
                PyThread_acquire_lock(task.given, WAIT_LOCK)
                if task.over:
                    break
                if task.scans:
                    read_lines(&task.scan, self.shapes.table, &task.scan.read, task.scan.end)
                PyThread_release_lock(task.done)
                number += step

    def end(self):
        """No more blocks come: the threads end, whatever has been put."""
        cdef int i
        for i in range(ROOM):
            self.tasks[i].over = True
        for i in range(self.given, self.taken + ROOM):
            PyThread_release_lock(self.tasks[i % ROOM].given)
