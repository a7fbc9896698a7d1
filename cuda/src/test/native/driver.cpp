// A libcuda that computes on the CPU: as much of the driver as the backend calls, over the kernels
// that are compiled into it (kernels.cpp). Device memory is host memory, streams run at once.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "emulator.hpp"

namespace emulator {
unsigned char* dynamic_shared;

static std::map<std::string, Entry>& kernels() {
    static std::map<std::string, Entry> all;
    return all;
}

bool add_kernel(const char* name, Entry kernel) {
    kernels()[name] = kernel;
    return true;
}
}  // namespace emulator

using namespace emulator;

static int environment(const char* name, int otherwise) {
    const char* value = getenv(name);
    return value ? atoi(value) : otherwise;
}

// Dynamic shared memory that a kernel may be launched with: 48 KiB unless it was set.
static std::map<void*, unsigned>& shared_limits() {
    static std::map<void*, unsigned> limits;
    return limits;
}

// SVGEN_EMULATED_DEVICES GPUs, of which each has a context: its number and 1. That of each thread.
static int devices() { return environment("SVGEN_EMULATED_DEVICES", 1); }
static void* context(int device) { return (void*)(intptr_t)(device + 1); }
static thread_local void* current_context;
static int current_device() { return (int)(intptr_t)current_context - 1; }

// What calls that touch the device return: SVGEN_EMULATED_FAULT while it is set, as if the GPU were lost;
// 201 in threads with another context, or none.
static int result() {
    bool known = current_device() >= 0 && current_device() < devices();
    return known ? environment("SVGEN_EMULATED_FAULT", 0) : 201;
}

// One thread at a time runs kernels, and changes what follows.
static std::recursive_mutex busy;
using Turn = std::lock_guard<std::recursive_mutex>;

// The device and the size of what is allocated, by address; which device may reach which other's memory.
static std::map<unsigned char*, std::pair<int, size_t>> owners;
static std::set<std::pair<int, int>> contexts_reached, pools_reached;
static int direct_copies, staged_copies;

// Whether all of it is memory of the context's device.
static bool owned(void* context, const void* address, size_t bytes) {
    auto behind = owners.upper_bound((unsigned char*)address);
    if (behind == owners.begin()) return false;
    auto found = std::prev(behind);
    return found->second.first == (int)(intptr_t)context - 1 &&
           (unsigned char*)address + bytes <= found->first + found->second.second;
}

// What a copy between devices returns; it counts which way it took.
static int peer_copy(void* to, const void* from) {
    if (to == from) return result();
    int target = (int)(intptr_t)to - 1, source = (int)(intptr_t)from - 1;
    if (target != current_device()) return 1;  // whoever needs it copies
    bool direct = environment("SVGEN_EMULATED_PEERS", 1) && contexts_reached.count({target, source}) && pools_reached.count({target, source});
    (direct ? direct_copies : staged_copies)++;
    return result();
}

// How often the host has waited for all work of a stream, or fetched something.
static int round_trips;

// While SVGEN_EMULATED_RECORD is set, kernels are not run. Their launches are noted, also those of kernels
// that are not compiled into this library.
static std::set<std::string> names;
static std::string launches;

// Between the begin and the end of a capture launches are kept here, with a copy of their arguments: the
// backend lays these out in one buffer of so many bytes.
constexpr size_t ARGUMENT_BYTES = 4096, MOST_ARGUMENTS = 64;

struct LaunchConfig {
    unsigned grid[3], block[3], shared;
    void* stream;
    void* attributes;
    unsigned attribute_count;
};

struct Captured {
    LaunchConfig config;
    void* kernel;
    std::vector<unsigned char> bytes;
    std::vector<size_t> offsets;
};
using Graph = std::vector<Captured>;
static thread_local Graph* captured;
static int graph_launches;

// Results are 0, or 1 CUDA_ERROR_INVALID_VALUE, 2 CUDA_ERROR_OUT_OF_MEMORY, 201 ..._INVALID_CONTEXT,
// 500 ..._NOT_FOUND, 719 CUDA_ERROR_LAUNCH_FAILED.
extern "C" {
int svgen_round_trips() { return round_trips; }
int svgen_graph_launches() { return graph_launches; }
int svgen_direct_copies() { return direct_copies; }
int svgen_staged_copies() { return staged_copies; }
// A line for each launch since the last call: name, blocks, threads, bytes of shared memory.
const char* svgen_launches() {
    static std::string told;
    told.swap(launches);
    launches.clear();
    return told.c_str();
}
int cuInit(unsigned) { return environment("SVGEN_EMULATED_START", 0); }
int cuDriverGetVersion(int* version) {
    *version = environment("SVGEN_EMULATED_DRIVER", 13000);
    return 0;
}
int cuGetErrorName(int code, const char** name) {
    switch (code) {
        case 1: *name = "CUDA_ERROR_INVALID_VALUE"; break;
        case 2: *name = "CUDA_ERROR_OUT_OF_MEMORY"; break;
        case 100: *name = "CUDA_ERROR_NO_DEVICE"; break;
        case 217: *name = "CUDA_ERROR_PEER_ACCESS_UNSUPPORTED"; break;
        case 201: *name = "CUDA_ERROR_INVALID_CONTEXT"; break;
        case 600: *name = "CUDA_ERROR_NOT_READY"; break;
        case 719: *name = "CUDA_ERROR_LAUNCH_FAILED"; break;
        default: *name = "CUDA_ERROR_NOT_FOUND";
    }
    return 0;
}
int cuDeviceGetCount(int* count) {
    *count = devices();
    return 0;
}
int cuDeviceGetName(char* name, int size, int) {
    snprintf(name, size, "Emulated GPU");
    return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
    switch (attribute) {
        case 16: *value = 2; break;
        case 38: *value = 1 << 20; break;
        case 75: *value = environment("SVGEN_EMULATED_CAPABILITY", 80) / 10; break;
        case 76: *value = environment("SVGEN_EMULATED_CAPABILITY", 80) % 10; break;
        case 97: *value = 99 << 10; break;
        default: *value = 1;
    }
    return 0;
}
int cuDeviceTotalMem_v2(size_t* bytes, int) {
    *bytes = (size_t)16 << 30;
    return 0;
}
int cuMemGetInfo_v2(size_t* free, size_t* total) {
    *free = (size_t)8 << 30;
    *total = (size_t)16 << 30;
    return 0;
}
int cuDeviceCanAccessPeer(int* can, int device, int peer) {
    *can = device != peer && environment("SVGEN_EMULATED_PEERS", 1);
    return 0;
}
int cuCtxEnablePeerAccess(void* peer, unsigned) {
    Turn turn(busy);
    int other = (int)(intptr_t)peer - 1;
    if (!environment("SVGEN_EMULATED_PEERS", 1) || other == current_device()) return 217;
    return contexts_reached.insert({current_device(), other}).second ? 0 : 704;
}
struct Access { int kind, device, flags; };
int cuMemPoolSetAccess(void* pool, const Access* access, size_t count) {
    Turn turn(busy);
    if (count != 1 || access->kind != 1 || access->flags != 3) return 1;
    pools_reached.insert({access->device, (int)(intptr_t)pool - 4});
    return 0;
}
int cuMemcpyPeerAsync(void* to, void* to_context, const void* from, void* from_context, size_t bytes, void*) {
    Turn turn(busy);
    if (captured) return 900;
    if (!owned(to_context, to, bytes) || !owned(from_context, from, bytes)) return 1;
    memmove(to, from, bytes);
    return peer_copy(to_context, from_context);
}
struct Side { size_t x, y, z, lod; unsigned type; const void* host; unsigned char* device; void* array; void* context; size_t pitch, height; };
struct PeerRows { Side from, to; size_t width, height, depth; };
int cuMemcpy3DPeerAsync(const PeerRows* c, void*) {
    Turn turn(busy);
    if (captured) return 900;
    size_t last = c->height - 1;
    if (c->from.type != 2 || c->to.type != 2 || c->depth != 1 || c->from.pitch < c->width || c->to.pitch < c->width) return 1;
    if (!owned(c->to.context, c->to.device, last * c->to.pitch + c->width)) return 1;
    if (!owned(c->from.context, c->from.device, last * c->from.pitch + c->width)) return 1;
    for (size_t i = 0; i < c->height; i++)
        memmove(c->to.device + i * c->to.pitch, c->from.device + i * c->from.pitch, c->width);
    return peer_copy(c->to.context, c->from.context);
}
int cuDevicePrimaryCtxRetain(void** retained, int device) {
    *retained = context(device);
    return 0;
}
int cuDevicePrimaryCtxRelease_v2(int) { return 0; }
int cuCtxSetCurrent(void* made) {
    current_context = made;
    return 0;
}
int cuStreamCreate(void** stream, unsigned) {
    *stream = (void*)2;
    return 0;
}
int cuStreamDestroy_v2(void*) { return 0; }
int cuStreamSynchronize(void*) {
    if (captured) return 900;
    round_trips++;
    return result();
}
int cuEventCreate(void** event, unsigned) {
    *event = (void*)3;
    return 0;
}
int cuEventDestroy_v2(void*) { return 0; }
int cuEventRecord(void*, void*) { return captured ? 900 : result(); }
int cuEventSynchronize(void*) { return result(); }
int cuEventQuery(void*) { return environment("SVGEN_EMULATED_BUSY", 0) ? 600 : result(); }
int cuEventElapsedTime(float* milliseconds, void*, void*) {
    *milliseconds = 0;
    return 0;
}
int cuDeviceGetDefaultMemPool(void** pool, int device) {
    *pool = (void*)(intptr_t)(4 + device);
    return 0;
}
int cuMemPoolSetAttribute(void*, int, void*) { return 0; }
int cuMemPoolGetAttribute(void*, int, size_t* value) {
    *value = 0;
    return 0;
}
int cuMemPoolTrimTo(void*, size_t) { return 0; }
int cuStreamWaitEvent(void*, void*, unsigned) { return 0; }
int cuMemAllocAsync(void** address, size_t bytes, void*) {
    if (captured) return 900;
    if (result()) return result();
    if (bytes > (size_t)environment("SVGEN_EMULATED_ALLOCATION", 1 << 30)) return 2;
    *address = aligned_alloc(256, (bytes + 255) / 256 * 256);
    memset(*address, 0xff, bytes);  // NaN: whoever reads what was never written shall notice
    Turn turn(busy);
    owners[(unsigned char*)*address] = {current_device(), bytes};
    return 0;
}
int cuMemFreeAsync(void* address, void*) {
    if (captured) return 900;
    Turn turn(busy);
    owners.erase((unsigned char*)address);
    free(address);
    return result();
}
int cuMemHostAlloc(void** address, size_t bytes, unsigned) {
    *address = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    return 0;
}
int cuMemFreeHost(void* address) {
    free(address);
    return 0;
}
int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, void*) {
    if (captured) return 900;
    memcpy(to, from, bytes);
    return result();
}
int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, void*) {
    round_trips++;
    memcpy(to, from, bytes);
    return result();
}
int cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t bytes, void*) {
    memmove(to, from, bytes);
    return 0;
}
int cuMemsetD32Async(unsigned* to, unsigned value, size_t count, void*) {
    std::fill(to, to + count, value);
    return 0;
}
int cuLibraryLoadData(void** library, const void*, void*, void*, unsigned, void*, void*, unsigned) {
    *library = (void*)5;
    return 0;
}
int cuLibraryUnload(void*) { return result(); }
int cuLibraryGetKernel(void** kernel, void*, const char* name) {
    Turn turn(busy);
    if (environment("SVGEN_EMULATED_RECORD", 0)) {
        *kernel = (void*)&*names.insert(name).first;
        return 0;
    }
    auto found = kernels().find(name);
    if (found == kernels().end()) return 500;
    *kernel = (void*)found->second;
    return 0;
}
int cuKernelSetAttribute(int, int bytes, void* kernel, int) {
    if (bytes > 227 << 10) return 1;  // Hopper's: its kernels have stand-ins in hopper.cpp
    Turn turn(busy);
    shared_limits()[kernel] = bytes;
    return 0;
}
int cuTensorMapEncodeTiled(EmulatedMap* map, int type, unsigned rank, void* address, const uint64_t* sizes,
                           const uint64_t* strides, const unsigned* box, const unsigned*, int, int swizzle, int, int) {
    if (rank > 5 || (uintptr_t)address % 16 || box[0] > 256 || strides[0] % 16) return 1;
    if (rank == 2) *map = {address, {sizes[0], sizes[1]}, strides[0], {}, {box[0], box[1]}, type, swizzle};
    if (rank == 4)
        *map = {address, {sizes[0], sizes[1], sizes[2], sizes[3]}, strides[0], {strides[1], strides[2]},
                {box[0], box[1], box[2], box[3]}, type, swizzle};
    if (rank == 5)
        *map = {address, {sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]}, strides[0],
                {strides[1], strides[2], strides[3]}, {box[0], box[1], box[2], box[3], box[4]}, type, swizzle};
    return 0;
}
int cuLaunchKernelEx(const LaunchConfig* c, void* kernel, void** arguments, void**) {
    if (result()) return result();
    if (captured) {
        Captured launch{*c, kernel, {}, {}};
        unsigned char* base = (unsigned char*)arguments[0];
        launch.bytes.assign(base, base + ARGUMENT_BYTES);
        for (size_t i = 0; i < MOST_ARGUMENTS; i++) launch.offsets.push_back((unsigned char*)arguments[i] - base);
        captured->push_back(launch);
        return 0;
    }
    Turn turn(busy);
    unsigned threads = c->block[0];
    if (environment("SVGEN_EMULATED_RECORD", 0)) {
        char line[200];
        snprintf(line, sizeof line, "%s %u x %u x %u, %u threads, %u bytes\n", ((std::string*)kernel)->c_str(), c->grid[0],
                 c->grid[1], c->grid[2], threads, c->shared);
        launches += line;
        return 0;
    }
    if (threads % 32 || threads > 1024 || c->block[1] != 1 || c->block[2] != 1) return 1;
    auto limit = shared_limits().find(kernel);
    if (c->shared > (limit == shared_limits().end() ? 48u << 10 : limit->second)) return 1;
    std::vector<unsigned char> shared(c->shared + 1024);
    dynamic_shared = (unsigned char*)(((uintptr_t)shared.data() + 1023) / 1024 * 1024);
    block_size = {threads, 1, 1};
    grid_size = {c->grid[0], c->grid[1], c->grid[2]};
    for (unsigned z = 0; z < c->grid[2]; z++) {
        for (unsigned y = 0; y < c->grid[1]; y++) {
            for (unsigned x = 0; x < c->grid[0]; x++) {
                block = {x, y, z};
                memset(dynamic_shared, 0xff, c->shared);
                if (!run_block((Entry)kernel, arguments)) return 719;
            }
        }
    }
    return 0;
}
int cuStreamBeginCapture_v2(void*, int) {
    if (captured) return 1;
    captured = new Graph;
    return result();
}
int cuStreamEndCapture(void*, Graph** graph) {
    *graph = captured;
    captured = nullptr;
    return *graph ? result() : 1;
}
int cuGraphInstantiateWithFlags(Graph** executable, Graph* graph, unsigned long long) {
    *executable = new Graph(*graph);
    return result();
}
int cuGraphDestroy(Graph* graph) {
    delete graph;
    return 0;
}
int cuGraphExecDestroy(Graph* executable) {
    delete executable;
    return 0;
}
int cuGraphLaunch(Graph* executable, void*) {
    Turn turn(busy);
    graph_launches++;
    for (Captured& launch : *executable) {
        void* memory = aligned_alloc(128, ARGUMENT_BYTES);
        memcpy(memory, launch.bytes.data(), ARGUMENT_BYTES);
        std::vector<void*> arguments;
        for (size_t offset : launch.offsets) arguments.push_back((unsigned char*)memory + offset);
        int failed = cuLaunchKernelEx(&launch.config, launch.kernel, arguments.data(), nullptr);
        free(memory);
        if (failed) return failed;
    }
    return 0;
}
}
