// The kind of each head, by what the profile found.
#include "svgen.cuh"

struct Choice {
    const float* errors;    // [kinds, heads]
    const float* energies;  // [heads]
    const float* costs;     // [kinds + 1], the last of dense attention
    int* chosen;            // [heads]; `kinds` for dense attention
    int heads, kinds;
    float multiplier, tolerance;
};

// NaN is greater than all.
DEVICE bool less(double a, double b) { return a < b || (b != b && a == a); }

// The least error + multiplier * cost, the first of equals. In double precision, where the products of
// two floats are exact: the processor chooses alike.
KERNEL(128) choose_kinds(Choice c) {
    bool any = c.tolerance == INFINITY;
    double multiplier = c.multiplier;
    for (i64 head = thread_index(); head < c.heads; head += thread_count()) {
        double bound = (double)c.tolerance * c.energies[head];
        int best = -1;
        double least = 0;
        for (int j = 0; j < c.kinds; j++) {
            double error = c.errors[j * c.heads + head];
            double score = error + multiplier * c.costs[j];
            if ((any || error <= bound) && (best < 0 || less(score, least))) {
                best = j;
                least = score;
            }
        }
        bool dense = best < 0 || (multiplier > 0 && less(multiplier * c.costs[c.kinds], least));
        c.chosen[head] = dense ? c.kinds : best;
    }
}
