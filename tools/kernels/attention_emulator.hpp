// The Hopper attention kernel on the CPU: every thread a fiber, run in random order; barriers count
// arrivals and bytes, copies arrive late, products are computed when they are waited for, from
// swizzled shared memory through their descriptors. Included before the kernel's source.
#pragma once
#include <ucontext.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "../../cuda/src/test/native/emulator.hpp"

inline unsigned __float_as_uint(float f) { unsigned u; memcpy(&u, &f, 4); return u; }
inline void __threadfence() {}
inline int __clz(unsigned x) { return x == 0 ? 32 : __builtin_clz(x); }
inline int __ffs(unsigned x) { return __builtin_ffs(x); }

#define PLAN_FUNCTION inline
#include "../../cuda/src/main/cuda/attention_plan.cuh"
#include "../../cuda/src/main/cuda/hopper.cuh"

namespace fibers {
constexpr u32 BASE = 1024;  // where dynamic shared memory starts
constexpr int STACK = 128 << 10;

struct Named { int arrived = 0, generation = 0; };

struct Warp {
    int arrived = 0, generation = 0;
    unsigned char slots[32][64];
};

struct Block {
    int index;
    std::vector<unsigned char> memory;
    Named named[16], whole;
    std::vector<Warp> warps;
};

struct Fiber {
    ucontext_t context;
    std::vector<char> stack;
    Block* block;
    emulator::Index thread;
    bool done = false;
    const char* waits = "";
    u32 at = 0, parity = 0;
    std::deque<std::vector<std::function<void()>>> groups;  // committed products
    std::vector<std::function<void()>> open;
};

inline std::vector<Fiber*> all;
inline Fiber* now;
inline ucontext_t scheduler;
inline std::deque<std::function<void()>> copies;
inline bool progress;

inline void give_way(const char* why, u32 at = 0, u32 parity = 0) {
    now->waits = why, now->at = at, now->parity = parity;
    swapcontext(&now->context, &scheduler);
}

template <class F>
void wait_until(const char* why, u32 at, u32 parity, F done) {
    while (!done()) give_way(why, at, parity);
    progress = true;
}

inline void rendezvous(Named& b, int count, const char* why, u32 id = 0) {
    int generation = b.generation;
    if (++b.arrived == count) b.arrived = 0, b.generation++;
    wait_until(why, id, 0, [&] { return b.generation != generation; });
}

inline unsigned char* memory(u32 address) {
    Block* b = now->block;
    if (address - BASE >= b->memory.size()) printf("shared memory address %u out of bounds\n", address), exit(1);
    return b->memory.data() + address - BASE;
}

struct Barrier { short count, pending; int bytes : 31; unsigned phase : 1; };
static_assert(sizeof(Barrier) == 8);

inline void settle(Barrier* b) {
    if (b->pending < 0) printf("too many arrivals\n"), exit(1);
    if (b->pending == 0 && b->bytes == 0) b->phase ^= 1, b->pending = b->count, progress = true;
}

template <class X>
X exchange(X value, int lane) {
    Warp& w = now->block->warps[now->thread.x / 32];
    auto meet = [&] {
        int generation = w.generation;
        if (++w.arrived == 32) w.arrived = 0, w.generation++;
        wait_until("warp", now->thread.x / 32, 0, [&] { return w.generation != generation; });
    };
    memcpy(w.slots[now->thread.x % 32], &value, sizeof value);
    meet();
    X other;
    memcpy(&other, w.slots[lane], sizeof other);
    meet();
    return other;
}

/** Element (row, column) of an operand whose rows are 128 bytes of a panel. */
inline float element(u64 descriptor, int row, int column, bool transposed) {
    u32 address = (u32)(descriptor & 0x3FFF) << 4, lead = (u32)(descriptor >> 16 & 0x3FFF) << 4,
        stride = (u32)(descriptor >> 32 & 0x3FFF) << 4;
    u32 at = transposed  // row: along the inner dimension; column: along N
                     ? address + column / 64 * lead + row / 8 * stride + row % 8 * 128 + column % 64 * 2
                     : address + row / 8 * stride + row % 8 * 128 + column * 2;
    at ^= (at >> 7 & 7) << 4;
    u16 bits;
    memcpy(&bits, memory(at), 2);
    return as_float((u32)bits << 16);
}

/** Runs until all fibers are done; false, with who waits for what, if none can go on. */
inline bool run(unsigned seed) {
    srand(seed);
    std::vector<Fiber*> order = all;
    int idle = 0;
    while (true) {
        progress = false;
        bool left = false;
        for (size_t i = order.size() - 1; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
        for (Fiber* f : order) {
            if (f->done) continue;
            left = true;
            now = f;
            emulator::thread = f->thread;
            emulator::block = {(unsigned)f->block->index, 0, 0};
            swapcontext(&scheduler, &f->context);
            if (f->done) progress = true;
            if (!copies.empty() && rand() % 300 == 0) copies.front()(), copies.pop_front(), progress = true;
        }
        if (!left) return true;
        if (!progress && !copies.empty()) copies.front()(), copies.pop_front(), progress = true;
        if (!progress && ++idle > 3) {
            for (Fiber* f : all)
                if (!f->done && f->thread.x % 32 == 0)
                    printf("  block %d thread %u waits: %s %u parity %u\n", f->block->index, f->thread.x, f->waits, f->at, f->parity);
            return false;
        }
        if (progress) idle = 0;
    }
}

inline std::vector<Block*> blocks;

/** A kernel of `count` blocks, whose threads run `main`, ready for `run`. */
inline void begin(int count, unsigned threads, size_t shared, void (*main)()) {
    emulator::block_size = {threads, 1, 1};
    emulator::grid_size = {(unsigned)count, 1, 1};
    for (int i = 0; i < count; i++) {
        auto* block = new Block{i};
        block->memory.assign(shared, 0xFF);
        block->warps.resize(threads / 32);
        blocks.push_back(block);
        for (unsigned t = 0; t < threads; t++) {
            auto* f = new Fiber;
            f->stack.resize(STACK);
            f->block = block;
            f->thread = {t, 0, 0};
            getcontext(&f->context);
            f->context.uc_stack.ss_sp = f->stack.data();
            f->context.uc_stack.ss_size = f->stack.size();
            makecontext(&f->context, main, 0);
            all.push_back(f);
        }
    }
}

/** The end of each thread's main. */
inline void end_thread() {
    now->done = true;
    swapcontext(&now->context, &scheduler);
}

/** After `run`: forgets the kernel. */
inline void end() {
    for (auto* f : all) delete f;
    for (auto* b : blocks) delete b;
    all.clear(), copies.clear(), blocks.clear();
}
}  // namespace fibers

// What cooperates between threads in the other emulator; here fibers of several blocks run at once.
namespace emulator {
Index thread, block, block_size, grid_size;
unsigned char* dynamic_shared;
void block_barrier() {
    fibers::rendezvous(fibers::now->block->whole, (int)fibers::now->block->warps.size() * 32, "__syncthreads");
}
void warp_barrier() { fibers::exchange(0, 0); }
Slot* warp_slots() { abort(); }
bool add_kernel(const char*, Entry) { return true; }
}  // namespace emulator

template <class X>
X __shfl_sync(unsigned, X x, int lane) { return fibers::exchange(x, lane); }
#define __shfl_xor_sync(mask, value, by) fibers::exchange(value, (int)(threadIdx.x % 32) ^ (by))
inline bool any_of_warp(bool x) {
    unsigned any = x;
    for (int i = 1; i < 32; i *= 2) any |= fibers::exchange(any, (int)(threadIdx.x % 32) ^ i);
    return any;
}
#define __any_sync(mask, x) any_of_warp(x)
inline unsigned ballot_of_warp(bool x) {
    unsigned all = (unsigned)x << threadIdx.x % 32;
    for (int i = 1; i < 32; i *= 2) all |= fibers::exchange(all, (int)(threadIdx.x % 32) ^ i);
    return all;
}
#define __ballot_sync(mask, x) ballot_of_warp(x)

inline u32 shared_address(const void* p) {
    return (u32)((unsigned char*)p - fibers::now->block->memory.data()) + fibers::BASE;
}
inline fibers::Barrier* barrier_at(u32 a) { return (fibers::Barrier*)fibers::memory(a); }
inline void barrier_init(u32 a, u32 n) { *barrier_at(a) = {(short)n, (short)n, 0, 0}; }
inline void barrier_init_fence() {}
inline void barrier_arrive(u32 a) { barrier_at(a)->pending--, fibers::settle(barrier_at(a)); }
inline void barrier_expect(u32 a, u32 bytes) { barrier_at(a)->bytes += bytes, barrier_arrive(a); }
inline void barrier_wait(u32 a, u32 parity) {
    fibers::give_way("chance");
    fibers::wait_until("mbarrier", a, parity, [&] { return barrier_at(a)->phase != parity; });
}
inline void named_sync(u32 id, u32 n) { fibers::rendezvous(fibers::now->block->named[id], n, "bar.sync", id); }
inline void named_arrive(u32 id, u32 n) {
    auto& b = fibers::now->block->named[id];
    if (++b.arrived == (int)n) b.arrived = 0, b.generation++, fibers::progress = true;
    if (b.arrived > (int)n) printf("named barrier %u overrun\n", id), exit(1);
}

/** What stands in a TensorMap here. */
struct EmulatedMap {
    const u16* at;
    int tokens, heads, d, rows;
};
inline void copy_box(u32 to, const TensorMap* map, int token, int panel, int panels, int head, int batch, u32 barrier) {
    EmulatedMap m;
    memcpy(&m, map, sizeof m);
    fibers::Fiber* issuer = fibers::now;
    fibers::copies.push_back([=] {
        fibers::Fiber* before = fibers::now;
        fibers::now = issuer;
        for (int p = 0; p < panels; p++)
            for (int i = 0; i < m.rows; i++)
                for (int c = 0; c < 64; c++) {
                    u16 x = 0;
                    if (token + i < m.tokens)
                        x = m.at[(((size_t)batch * m.heads + head) * m.tokens + token + i) * m.d + (panel + p) * 64 + c];
                    u32 address = to + (p * m.rows + i) * 128 + c * 2;
                    memcpy(fibers::memory(address ^ (address >> 7 & 7) << 4), &x, 2);
                }
        fibers::Barrier* b = (fibers::Barrier*)fibers::memory(barrier);
        b->bytes -= panels * 128 * m.rows;
        fibers::settle(b);
        fibers::now = before;
    });
}
inline void load_rows(u32 to, const TensorMap* map, int token, int head, int batch, u32 barrier, u64) {
    EmulatedMap m;
    memcpy(&m, map, sizeof m);
    copy_box(to, map, token, 0, m.d / 64, head, batch, barrier);
}
inline void load_panel(u32 to, const TensorMap* map, int token, int panel, int head, int batch, u32 barrier, u64) {
    copy_box(to, map, token, panel, 1, head, batch, barrier);
}
template <int> void registers_up() {}
template <int> void registers_down() {}
inline void products_begin() {}
inline void products_commit() {
    fibers::now->groups.push_back(std::move(fibers::now->open));
    fibers::now->open.clear();
}
template <int PENDING>
void products_wait() {
    fibers::give_way("chance");
    while (fibers::now->groups.size() > PENDING) {
        for (auto& f : fibers::now->groups.front()) f();
        fibers::now->groups.pop_front();
    }
    fibers::exchange(0, 0);  // .aligned: the warp goes on together
}
template <class X> void pin(X&) {}
inline u32 unknown(u32 x) { return x; }

template <int N>
struct Scores {
    static void add(float (&s)[N / 2], u64 queries, u64 keys, int accumulate) {
        int row = threadIdx.x % 128 / 32 * 16 + threadIdx.x % 32 / 4, column = threadIdx.x % 4 * 2;
        if (!accumulate) std::fill(s, s + N / 2, NAN);
        fibers::now->open.push_back([=, &s] {
            for (int i = 0; i < N / 2; i++) {
                float x = accumulate ? s[i] : 0;
                for (int k = 0; k < 16; k++)
                    x += fibers::element(queries, row + i / 2 % 2 * 8, k, false) *
                         fibers::element(keys, i / 4 * 8 + column + i % 2, k, false);
                s[i] = x;
            }
        });
    }
};
inline void store_matrices(u32 row, u32 a, u32 b, u32 c, u32 d) {
    struct Four { u32 x[4]; } mine{{a, b, c, d}};
    int lane = threadIdx.x % 32;
    u32 at[4];
    for (int i = 0; i < 4; i++) at[i] = fibers::exchange(row, i * 8 + lane / 4) + lane % 4 * 4;
    for (int i = 0; i < 4; i++) memcpy(fibers::memory(at[i]), &mine.x[i], 4);
}
inline void products_fence() {}

template <int D>
struct Values {
    static void add(float (&o)[D / 2], u64 weights, u64 values) {
        int row = threadIdx.x % 128 / 32 * 16 + threadIdx.x % 32 / 4, column = threadIdx.x % 4 * 2;
        fibers::now->open.push_back([=, &o] {
            for (int i = 0; i < D / 2; i++)
                for (int k = 0; k < 16; k++)
                    o[i] += fibers::element(weights, row + i / 2 % 2 * 8, k, false) *
                            fibers::element(values, k, i / 4 * 8 + column + i % 2, true);
        });
    }
    static void add(float (&o)[D / 2], const u32* p, u64 values) {
        fibers::now->open.push_back([=, &o] {
            float a[2][16];
            int lane = threadIdx.x % 32;
            (void)lane;
            // the weights of a row lie in four threads: fetched through their slots
            struct Four { u32 x[4]; } mine{{p[0], p[1], p[2], p[3]}}, other;
            for (int t = 0; t < 4; t++) {
                other = fibers::exchange(mine, (int)(threadIdx.x % 32) / 4 * 4 + t);
                for (int half = 0; half < 2; half++)
                    for (int k = 0; k < 2; k++) {
                        u32 word = other.x[half + 2 * k];
                        a[half][8 * k + 2 * t] = as_float(word << 16);
                        a[half][8 * k + 2 * t + 1] = as_float(word & 0xFFFF0000u);
                    }
            }
            for (int i = 0; i < D / 2; i++)
                for (int k = 0; k < 16; k++)
                    o[i] += a[i / 2 % 2][k] * fibers::element(values, k, i / 4 * 8 + lane % 4 * 2 + i % 2, true);
        });
    }
};
