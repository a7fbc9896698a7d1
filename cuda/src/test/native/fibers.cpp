// The threads of one block as fibers: each runs until it waits at a barrier, then a thread goes on
// that need not wait: one of its own warp first.
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "emulator.hpp"

namespace emulator {
Index thread, block, block_size, grid_size;

namespace {
const size_t STACK = 256 << 10;
enum Outcome { DONE, STUCK };

// Those who wait at one barrier: all `alive` must come.
struct Barrier {
    int alive, arrived;
    unsigned long generation;
    void (*last)(Slot*);  // what is done to the slots before they go on
    Slot* slots;

    void start(int threads) { *this = {threads, 0, 0}; }

    void release() {
        if (last) last(slots);
        last = nullptr;
        arrived = 0;
        generation++;
    }
};

// A point to go on from, by the compiler's own setjmp: swapcontext asks the system each time.
using Place = void* [5];

struct Fiber {
    Place place;
    ucontext_t beginning;
    std::unique_ptr<char[]> stack;
    Index index;
    bool begun, done;
    const Barrier* barrier;  // waits there
    unsigned long generation;

    bool ready() const { return !done && !(barrier && barrier->generation == generation); }
};

const int MOST = 1024;
Fiber fibers[MOST];
int made;  // of them
Place host;
Outcome outcome;
int threads, current;
Barrier block_threads, warp_threads[32];
std::vector<Slot> slots;  // two rows of them, which take turns
Entry entry;
void** arguments;

[[noreturn]] __attribute__((noinline)) void jump(Place& to) { __builtin_longjmp(to, 1); }

[[noreturn]] __attribute__((noinline)) void go_on(int next) {
    Fiber& f = fibers[next];
    current = next;
    thread = f.index;
    if (f.begun) jump(f.place);
    f.begun = true;
    setcontext(&f.beginning);
    abort();
}

[[noreturn]] __attribute__((noinline)) void next() {
    int warp = current / 32 * 32, lane = current % 32;
    for (int i = 1; i <= 32; i++) {
        int other = warp + (lane + i) % 32;
        if (fibers[other].ready()) go_on(other);
    }
    for (int i = 32; i < threads; i++) {
        int other = (warp + i) % threads;
        if (fibers[other].ready()) go_on(other);
    }
    outcome = STUCK;
    jump(host);
}

__attribute__((noinline)) void wait(Barrier& barrier) {
    if (++barrier.arrived == barrier.alive) {
        barrier.release();
        return;
    }
    Fiber& f = fibers[current];
    f.barrier = &barrier;
    f.generation = barrier.generation;
    if (__builtin_setjmp(f.place) == 0) next();
}

void leave(Barrier& barrier) {
    if (barrier.arrived == --barrier.alive) barrier.release();
}

__attribute__((noinline)) void end() {
    Fiber& f = fibers[current];
    f.done = true;
    leave(block_threads);
    leave(warp_threads[current / 32]);
    if (__builtin_setjmp(f.place)) return;  // the next block begins
    if (block_threads.alive == 0) {
        outcome = DONE;
        jump(host);
    }
    next();
}

void run_threads() {
    while (true) {
        entry(arguments);
        end();
    }
}

void make_fibers() {
    for (; made < threads; made++) {
        Fiber& f = fibers[made];
        f.index = {(unsigned)made, 0, 0};
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
    slots.resize(2 * threads);
    block_threads.start(threads);
    for (int i = 0; i < threads / 32; i++) warp_threads[i].start(32);
    for (int i = 0; i < threads; i++) {
        fibers[i].done = false;
        fibers[i].barrier = nullptr;
    }
    if (__builtin_setjmp(host) == 0) go_on(0);
    if (outcome == DONE) return true;
    fprintf(stderr, "a kernel waits forever: its threads are at different barriers\n");
    made = 0;
    return false;
}

void block_barrier() { wait(block_threads); }

Slot* warp_slots() {
    const Barrier& warp = warp_threads[thread.x / 32];
    return &slots[warp.generation % 2 * threads + thread.x / 32 * 32];
}

void warp_barrier(void (*all)(Slot*)) {
    Barrier& warp = warp_threads[thread.x / 32];
    if (all) {
        warp.last = all;
        warp.slots = warp_slots();
    }
    wait(warp);
}
}  // namespace emulator
