# Blocks that are read and scanned by threads, ahead of the one that assembles them.

cdef extern from "_read_at.h":
    Py_ssize_t read_at(int descriptor, void* data, size_t room, int64_t byte) nogil

cdef struct Task:
    Scan scan
    int64_t byte  # where the block begins in the log
    PyThread_type_lock given, done


cdef class Ahead:
    """Blocks that threads scan ahead, without Python and without its lock: `put` one, `get` it back in its turn.

    Where there is a descriptor the threads read the blocks first, of the log from that byte on: `put` is given memory.
    Each of the threads calls `work`, and ends when `end` is called. Who would have to wait in `get` scans a block as
    well. Blocks that are put and not got yet: at most ROOM.
    """

    cdef Shapes shapes
    cdef list lines
    cdef Task[ROOM] tasks
    cdef Py_ssize_t given, begun, taken
    cdef PyThread_type_lock turn  # of the one that begins the next block
    cdef int descriptor
    cdef int64_t byte  # as far as the log has been read
    cdef bint read, over  # whether all has been read that can be, whether no more blocks come

    def __cinit__(self, Shapes shapes, int descriptor, int64_t byte):
        cdef int i
        self.shapes, self.descriptor, self.byte, self.lines = shapes, descriptor, byte, [None] * ROOM
        for i in range(ROOM):
            self.tasks[i].given, self.tasks[i].done = closed_lock(), closed_lock()
        self.turn = closed_lock()
        PyThread_release_lock(self.turn)

    def __dealloc__(self):
        cdef int i
        free_lock(self.turn)
        for i in range(ROOM):
            free_lock(self.tasks[i].given)
            free_lock(self.tasks[i].done)

    @property
    def room(self):
        """How many blocks may be put and not got."""
        return ROOM

    @property
    def waiting(self):
        """How many are."""
        return self.given - self.taken

    def put(self, lines):
        """Have this block scanned, or filled and scanned."""
        cdef Task* task = &self.tasks[self.given % ROOM]
        lines.heads = self.shapes.heads
        self.shapes.begin(lines, False, &task.scan)
        self.lines[self.given % ROOM] = lines
        self.given += 1
        PyThread_release_lock(task.given)

    def get(self):
        """The first block that was put and not got, scanned. There must be one. None where no whole line was left to
        read, or where the lines are too long: of this, and of all later ones."""
        cdef Task* task = &self.tasks[self.taken % ROOM]
        cdef bint done = PyThread_acquire_lock(task.done, NOWAIT_LOCK)
        if not done:
            with nogil:
                while not done:
                    done = PyThread_acquire_lock(task.done, NOWAIT_LOCK if self.next(NOWAIT_LOCK) else WAIT_LOCK)
        lines, self.lines[self.taken % ROOM] = self.lines[self.taken % ROOM], None
        self.taken += 1
        if self.descriptor >= 0:
            if task.scan.end == 0:
                return None
            lines.byte, lines.end = task.byte, task.scan.end
        finish(lines, &task.scan)
        return lines

    def work(self):
        """Scan block after block, until the end."""
        with nogil:
            while self.next(WAIT_LOCK):
                pass

    cdef bint next(self, int wait) noexcept nogil:
        """Scan the next block that nobody has begun. False where none will come, or without waiting none is there."""
        cdef Task* task
        if not PyThread_acquire_lock(self.turn, wait):
            return False
        task = &self.tasks[self.begun % ROOM]
        if not PyThread_acquire_lock(task.given, wait):
            PyThread_release_lock(self.turn)
            return False
        if self.over:
            PyThread_release_lock(task.given)  # another may wait for it
            PyThread_release_lock(self.turn)
            return False
        self.begun += 1
        if self.descriptor >= 0:
            self.fill(task)
        PyThread_release_lock(self.turn)
        if whole_lines(&task.scan):
            read_lines(&task.scan, &self.shapes.table, &task.scan.read, task.scan.end)
        PyThread_release_lock(task.done)
        return True

    cdef void fill(self, Task* task) noexcept nogil:
        """Read the next whole lines of the log. What stands behind them is read again."""
        cdef Scan* scan = &task.scan
        cdef Py_ssize_t length = 0
        if not self.read:
            length = read_at(self.descriptor, <void*> scan.data, scan.limit - scan.data, self.byte)
        scan.end = max(length, 0)
        while scan.end and scan.data[scan.end - 1] != 10:
            scan.end -= 1
        if scan.end == 0 or length - scan.end > LONGEST_LINE:
            self.read, scan.end = True, 0
        task.byte = self.byte
        self.byte += scan.end

    def end(self):
        """No more blocks come: the threads end, whatever has been put."""
        cdef int i
        self.over = True
        for i in range(ROOM):
            PyThread_release_lock(self.tasks[i].given)


cdef PyThread_type_lock closed_lock() except NULL:
    cdef PyThread_type_lock lock = PyThread_allocate_lock()
    if lock == NULL:
        raise MemoryError
    PyThread_acquire_lock(lock, WAIT_LOCK)
    return lock


cdef void free_lock(PyThread_type_lock lock):
    if lock != NULL:
        PyThread_free_lock(lock)
