// A libcublasLt that computes on the CPU: as much of it as the backend calls, by plain loops over
// the emulated GPU's memory. What the real library would refuse or not propose, this refuses too.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <initializer_list>

// Results are 0, or 7 CUBLAS_STATUS_INVALID_VALUE, 15 ..._NOT_SUPPORTED.
namespace {
enum { INVALID = 7, NOT_SUPPORTED = 15, F32 = 0, BF16 = 14 };

struct Description { int compute, scale, transpose_a, transpose_b, epilogue; uint64_t bias; };
struct Layout { int type; uint64_t rows, columns; int64_t stride; };
struct Preference { uint64_t workspace; unsigned reductions, alignment[4]; };
struct Algorithm { uint64_t m, n, k, unused[5]; };
struct Proposal { Algorithm algorithm; size_t workspace; int state; float waves; int reserved[4]; };
static_assert(sizeof(Proposal) == 96);

int live, products;

int environment(const char* name) {
    const char* value = getenv(name);
    return value ? atoi(value) : 0;
}

template <class T>
int create(T** out, T value) {
    *out = new T(value);
    live++;
    return 0;
}

template <class T>
int destroy(T* object) {
    delete object;
    live--;
    return 0;
}

float load(const void* at, size_t i, int type) {
    if (type == F32) return ((const float*)at)[i];
    uint32_t bits = (uint32_t)((const uint16_t*)at)[i] << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

void store(void* at, size_t i, int type, float value) {
    if (type == F32) {
        ((float*)at)[i] = value;
        return;
    }
    uint32_t bits;
    memcpy(&bits, &value, 4);
    ((uint16_t*)at)[i] = (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

bool is(int epilogue, int flag) { return epilogue != 1 && (epilogue & flag); }

bool fit(const Description* p, const Layout* a, const Layout* b, const Layout* c, const Layout* d) {
    return p->compute == 68 && p->scale == F32 && p->transpose_a == 1 && p->transpose_b == 0 &&
           (p->epilogue == 1 || p->epilogue == 4 || p->epilogue == 32 || p->epilogue == 36) &&
           a->type == BF16 && b->type == BF16 && (d->type == BF16 || d->type == F32) && c->type == d->type &&
           a->rows == b->rows && d->rows == a->columns && d->columns == b->columns &&
           a->stride >= (int64_t)a->rows && b->stride >= (int64_t)b->rows && d->stride >= (int64_t)d->rows &&
           (!is(p->epilogue, 4) || p->bias);
}
}  // namespace

extern "C" {
// How many products were computed, and how many objects exist, since the library was loaded.
int svgen_products() { return products; }
int svgen_live() { return live; }

int cublasLtCreate(void** handle) {
    int failure = environment("SVGEN_EMULATED_CUBLASLT_START");
    return failure ? failure : create((int**)handle, 1);
}
int cublasLtDestroy(int* handle) { return destroy(handle); }
int cublasLtMatmulDescCreate(Description** out, int compute, int scale) {
    return create(out, {compute, scale, 0, 0, 1, 0});
}
int cublasLtMatmulDescSetAttribute(Description* p, int attribute, const void* value, size_t bytes) {
    void* to = attribute == 3 ? (void*)&p->transpose_a : attribute == 7 ? (void*)&p->epilogue : (void*)&p->bias;
    if ((attribute != 3 && attribute != 7 && attribute != 8) || bytes != (attribute == 8 ? 8 : 4)) return INVALID;
    memcpy(to, value, bytes);
    return 0;
}
int cublasLtMatmulDescDestroy(Description* p) { return destroy(p); }
int cublasLtMatrixLayoutCreate(Layout** out, int type, uint64_t rows, uint64_t columns, int64_t stride) {
    return create(out, {type, rows, columns, stride});
}
int cublasLtMatrixLayoutDestroy(Layout* layout) { return destroy(layout); }
int cublasLtMatmulPreferenceCreate(Preference** out) { return create(out, {0, 7, {256, 256, 256, 256}}); }
int cublasLtMatmulPreferenceSetAttribute(Preference* p, int attribute, const void* value, size_t bytes) {
    void* to = attribute == 1 ? (void*)&p->workspace : attribute == 3 ? (void*)&p->reductions : (void*)&p->alignment[attribute - 5];
    if (!(attribute == 1 || attribute == 3 || (attribute >= 5 && attribute <= 8)) || bytes != (attribute == 1 ? 8 : 4))
        return INVALID;
    memcpy(to, value, bytes);
    return 0;
}
int cublasLtMatmulPreferenceDestroy(Preference* p) { return destroy(p); }

// SVGEN_EMULATED_CUBLASLT_REFUSES: for results of so many columns there is no algorithm, said by an
// error, or by an empty list if the number is negative.
int cublasLtMatmulAlgoGetHeuristic(void*, const Description* p, const Layout* a, const Layout* b, const Layout* c,
                                   const Layout* d, const Preference* preference, int, Proposal* out, int* count) {
    if (!fit(p, a, b, c, d)) return INVALID;
    for (unsigned alignment : preference->alignment)
        if (alignment != 16) return INVALID;
    int refuses = environment("SVGEN_EMULATED_CUBLASLT_REFUSES");
    *count = 0;
    if (refuses && (int)d->rows == refuses) return NOT_SUPPORTED;
    if (refuses && (int)d->rows == -refuses) return 0;
    *out = {{d->columns, d->rows, a->rows}, preference->workspace, 0, 1, {}};
    *count = 1;
    return 0;
}

int cublasLtMatmul(void*, const Description* p, const float* alpha, const void* at_a, const Layout* a, const void* at_b,
                   const Layout* b, const float* beta, const void* at_c, const Layout* c, void* at_d, const Layout* d,
                   const Algorithm* algorithm, void* workspace, size_t bytes, void* stream) {
    if (!fit(p, a, b, c, d) || at_c != at_d || !stream || !workspace || bytes < 32 << 20) return INVALID;
    for (const void* at : {at_a, at_b, (const void*)at_d, (const void*)p->bias})
        if ((uintptr_t)at % 16) return INVALID;
    if (algorithm->m != d->columns || algorithm->n != d->rows || algorithm->k != a->rows) return INVALID;
    usleep(environment("SVGEN_EMULATED_CUBLASLT_DELAY"));
    for (uint64_t j = 0; j < d->columns; j++) {
        for (uint64_t i = 0; i < d->rows; i++) {
            float sum = 0;
            for (uint64_t k = 0; k < a->rows; k++)
                sum += load(at_a, i * a->stride + k, BF16) * load(at_b, j * b->stride + k, BF16);
            float y = *alpha * sum;
            if (*beta != 0) y += *beta * load(at_c, j * c->stride + i, c->type);
            if (is(p->epilogue, 4)) y += load((const void*)p->bias, i, d->type);
            if (is(p->epilogue, 32)) y = 0.5f * y * (1 + tanhf(0.79788456f * (y + 0.044715f * y * y * y)));
            store(at_d, j * d->stride + i, d->type, y);
        }
    }
    products++;
    return 0;
}
}
