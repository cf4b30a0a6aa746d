# Lines that are read and scanned by threads, ahead of the one that assembles them.

cdef extern from "_read_at.h":
    Py_ssize_t read_at(int descriptor, void* data, size_t room, int64_t byte) nogil

cdef struct Task:
    Scan scan
    int64_t byte  # where its lines begin in the log
    Py_ssize_t span  # bytes of them, at most
    PyThread_type_lock given, done


cdef class Ahead:
    """Lines that threads scan ahead, without Python and without its lock: `put` some, `get` them back in their turn.

    Where there is a descriptor the threads read the lines first, of the log from that byte on: `put` is given room for
    the lines of one block or several, and nothing of the text stays, as who wants it may read it again. A thread reads
    one block after the other into the same memory, which its cache holds.
    Each of the threads calls `work`, and ends when `end` is called. Who would have to wait in `get` scans lines as well.
    `put` and not got yet: at most ROOM times.
    """

    cdef Shapes shapes
    cdef Py_ssize_t block
    cdef uint8_t* text  # what `get` reads into
    cdef list lines
    cdef Task[ROOM] tasks
    cdef Py_ssize_t given, begun, taken
    cdef PyThread_type_lock turn  # of the one that begins the next task
    cdef int descriptor
    cdef int64_t byte  # as far as the log has been read
    cdef bint read, over  # whether all has been read that can be, whether no more lines come

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
        """How often lines may be put and not got."""
        return ROOM

    @property
    def waiting(self):
        """How often they have been."""
        return self.given - self.taken

    def put(self, lines):
        """Have these lines scanned, or read and scanned."""
        cdef Task* task = &self.tasks[self.given % ROOM]
        task.span = lines.end
        lines.heads = self.shapes.heads
        self.shapes.begin(lines, False, &task.scan)
        self.lines[self.given % ROOM] = lines
        self.given += 1
        PyThread_release_lock(task.given)

    def get(self):
        """The first lines that were put and not got, scanned. There must be some. None where no whole line was left to
        read, or where the lines are too long: now, and from now on."""
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
        """Scan until the end."""
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
        """Scan the next lines that nobody has begun, read into this memory. False where none will come, or without
        waiting none are there."""
        cdef Task* task
        cdef Py_ssize_t there = 0
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
            there = self.claim(task, text)
        PyThread_release_lock(self.turn)
        if self.descriptor >= 0:
            self.read_blocks(task, text, there)
        elif whole_lines(&task.scan):
            read_lines(&task.scan, &self.shapes.table, &task.scan.read, task.scan.end)
        PyThread_release_lock(task.done)
        return True

    cdef Py_ssize_t claim(self, Task* task, uint8_t* text) noexcept nogil:
        """Find out which whole lines of the log are the task's. Returns how many bytes of them have been read for that."""
        cdef Py_ssize_t tail = min(self.block, TAIL), begin = task.span - tail, length, end
        task.byte, task.scan.end = self.byte, 0
        if self.read:
            return 0
        if task.span > self.block:
            length = read_at(self.descriptor, text, tail, self.byte + begin)
            end = whole(text, length)
            if length == tail and end:
                task.scan.end = begin + end
                self.byte += task.scan.end
                return 0
        # One block alone: of the last lines of the log, or of longer ones.
        length = read_at(self.descriptor, text, self.block, self.byte)
        end = whole(text, length)
        if length - end > LONGEST_LINE:
            end = 0
        task.scan.end, self.read = end, end == 0
        self.byte += end
        return end

    cdef void read_blocks(self, Task* task, uint8_t* text, Py_ssize_t length) noexcept nogil:
        """Read and scan the lines of the task, a block at a time, up to the first that Python has to read. So many bytes
        of the first block are there."""
        cdef Scan* scan = &task.scan
        cdef Py_ssize_t begin = 0
        while scan.read == begin and begin < scan.end:
            if length == 0:
                length = read_at(self.descriptor, text, min(self.block, scan.end - begin), task.byte + begin)
                length = whole(text, length)
            if length == 0:
                break  # a line is longer than a block, or the file has lost it: Python reads on
            # Where lines stand is counted from the beginning of the task.
            scan.data, scan.limit = text - begin, text + self.block
            begin += length
            read_lines(scan, &self.shapes.table, &scan.read, begin)
            length = 0

    def end(self):
        """No more lines come: the threads end, whatever has been put."""
        cdef int i
        self.over = True
        for i in range(ROOM):
            PyThread_release_lock(self.tasks[i].given)


cdef inline Py_ssize_t whole(const uint8_t* text, Py_ssize_t length) noexcept nogil:
    """How many of these bytes are whole lines."""
    while length > 0 and text[length - 1] != 10:
        length -= 1
    return max(length, 0)


cdef PyThread_type_lock closed_lock() except NULL:
    cdef PyThread_type_lock lock = PyThread_allocate_lock()
    if lock == NULL:
        raise MemoryError
    PyThread_acquire_lock(lock, WAIT_LOCK)
    return lock


cdef void free_lock(PyThread_type_lock lock):
    if lock != NULL:
        PyThread_free_lock(lock)
