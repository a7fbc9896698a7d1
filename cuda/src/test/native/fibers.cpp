// The threads of one block as fibers: each runs until it waits at a barrier, then a thread goes on
// that need not wait: one of its own warp first.
#undef _FORTIFY_SOURCE  // whose longjmp refuses to go to another stack
#include <setjmp.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <vector>

#include "emulator.hpp"

namespace emulator {
Index thread, block, block_size, grid_size;

namespace {
const size_t STACK = 256 << 10;
enum { STARTED, DONE, STUCK };

// Those who wait at one barrier: all `alive` must come.
struct Barrier {
    int alive, arrived;
    unsigned long generation;

    void start(int threads) { *this = {threads, 0, 0}; }

    void release() {
        arrived = 0;
        generation++;
    }
};

// setjmp and longjmp change between fibers, since swapcontext asks the system each time.
struct Fiber {
    jmp_buf place;
    ucontext_t beginning;
    std::unique_ptr<char[]> stack;
    Index index;
    bool begun, done;
    const Barrier* barrier;  // waits there
    unsigned long generation;

    bool ready() const { return !done && !(barrier && barrier->generation == generation); }
};

std::deque<Fiber> fibers;
jmp_buf host;
int threads, current;
Barrier block_threads, warp_threads[32];
std::vector<Slot> slots;
Entry entry;
void** arguments;

[[noreturn]] void go_on(int next) {
    Fiber& f = fibers[next];
    current = next;
    thread = f.index;
    if (f.begun) _longjmp(f.place, 1);
    f.begun = true;
    setcontext(&f.beginning);
    abort();
}

[[noreturn]] void next() {
    int warp = current / 32 * 32, lane = current % 32;
    for (int i = 1; i <= 32; i++) {
        int other = warp + (lane + i) % 32;
        if (fibers[other].ready()) go_on(other);
    }
    for (int i = 0; i < threads; i++) {
        if (fibers[i].ready()) go_on(i);
    }
    _longjmp(host, STUCK);
}

__attribute__((noinline)) void wait(Barrier& barrier) {
    if (++barrier.arrived == barrier.alive) {
        barrier.release();
        return;
    }
    Fiber& f = fibers[current];
    f.barrier = &barrier;
    f.generation = barrier.generation;
    if (_setjmp(f.place) == 0) next();
}

void leave(Barrier& barrier) {
    if (barrier.arrived == --barrier.alive) barrier.release();
}

__attribute__((noinline)) void end() {
    Fiber& f = fibers[current];
    f.done = true;
    leave(block_threads);
    leave(warp_threads[current / 32]);
    if (_setjmp(f.place)) return;  // the next block begins
    if (block_threads.alive == 0) _longjmp(host, DONE);
    next();
}

void run_threads() {
    while (true) {
        entry(arguments);
        end();
    }
}

void make_fibers() {
    while ((int)fibers.size() < threads) {
        Fiber& f = fibers.emplace_back();
        f.index = {(unsigned)fibers.size() - 1, 0, 0};
        f.begun = false;
        f.stack.reset(new char[STACK]);
        getcontext(&f.beginning);
        f.beginning.uc_stack.ss_sp = f.stack.get();
        f.beginning.uc_stack.ss_size = STACK;
        f.beginning.uc_link = nullptr;
        makecontext(&f.beginning, run_threads, 0);
    }
}
}  // namespace

bool run_block(Entry kernel, void** of_kernel) {
    entry = kernel;
    arguments = of_kernel;
    threads = block_size.x;
    make_fibers();
    slots.resize(threads);
    block_threads.start(threads);
    for (int i = 0; i < threads / 32; i++) warp_threads[i].start(32);
    for (int i = 0; i < threads; i++) {
        fibers[i].done = false;
        fibers[i].barrier = nullptr;
    }
    switch (_setjmp(host)) {
        case STARTED: go_on(0);
        case DONE: return true;
        default:
            fprintf(stderr, "a kernel waits forever: its threads are at different barriers\n");
            fibers.clear();
            return false;
    }
}

void block_barrier() { wait(block_threads); }

void warp_barrier() { wait(warp_threads[thread.x / 32]); }

Slot* warp_slots() { return &slots[thread.x / 32 * 32]; }
}  // namespace emulator
