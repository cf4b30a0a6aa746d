# Blocks that are read and scanned by threads, ahead of the one that assembles them.

cdef extern from "_read_at.h":
    Py_ssize_t read_at(int descriptor, void* data, size_t room, int64_t byte) nogil

cdef struct Task:
    Scan scan
    int64_t byte  # where the block begins in the log
    PyThread_type_lock given, done


cdef class Ahead:
    """Blocks that threads scan ahead, without Python and without its lock: `put` one, `get` it back in its turn.

    Where there is a descriptor the threads read the blocks first, of the log from that byte on, `block` bytes each:
    `put` is given columns alone, and nothing of the text stays, as who wants it may read it again. A thread reads all of
    its blocks into the same memory, which its cache holds.
    Each of the threads calls `work`, and ends when `end` is called. Who would have to wait in `get` scans a block as
    well. Blocks that are put and not got yet: at most ROOM.
    """

    cdef Shapes shapes
    cdef Py_ssize_t block
    cdef uint8_t* text  # what `get` reads into
    cdef list lines
    cdef Task[ROOM] tasks
    cdef Py_ssize_t given, begun, taken
    cdef PyThread_type_lock turn  # of the one that begins the next block
    cdef int descriptor
    cdef int64_t byte  # as far as the log has been read
    cdef bint read, over  # whether all has been read that can be, whether no more blocks come

    def __cinit__(self, Shapes shapes, int descriptor, int64_t byte, Py_ssize_t block):
        cdef int i
        self.shapes, self.descriptor, self.byte, self.block = shapes, descriptor, byte, block
        self.lines, self.text = [None] * ROOM, self.memory()
        for i in range(ROOM):
            self.tasks[i].given, self.tasks[i].done = closed_lock(), closed_lock()
        self.turn = closed_lock()
        PyThread_release_lock(self.turn)

    def __dealloc__(self):
        cdef int i
        free(self.text)
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
        """Have this block scanned, or read and scanned."""
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
        cdef int wait
        if not done:
            with nogil:
                while not done:
                    wait = NOWAIT_LOCK if self.next(NOWAIT_LOCK, self.text) else WAIT_LOCK
                    done = PyThread_acquire_lock(task.done, wait)
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
        cdef uint8_t* text = self.memory()
        with nogil:
            while self.next(WAIT_LOCK, text):
                pass
        free(text)

    cdef uint8_t* memory(self) except? NULL:
        """Room for the text of a block; NULL where blocks have theirs."""
        cdef uint8_t* text = <uint8_t*> malloc(self.block) if self.descriptor >= 0 else NULL
        if text == NULL and self.descriptor >= 0:
            raise MemoryError
        return text

    cdef bint next(self, int wait, uint8_t* text) noexcept nogil:
        """Scan the next block that nobody has begun, read into this memory. False where none will come, or without
        waiting none is there."""
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
            self.fill(task, text)
        PyThread_release_lock(self.turn)
        if whole_lines(&task.scan):
            read_lines(&task.scan, &self.shapes.table, &task.scan.read, task.scan.end)
        PyThread_release_lock(task.done)
        return True

    cdef void fill(self, Task* task, uint8_t* text) noexcept nogil:
        """Read the next whole lines of the log. What stands behind them is read again."""
        cdef Scan* scan = &task.scan
        cdef Py_ssize_t length = 0
        scan.data, scan.limit = text, text + self.block
        if not self.read:
            length = read_at(self.descriptor, text, self.block, self.byte)
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
