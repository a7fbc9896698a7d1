// The kind of each head, by what the profile found.
#include "svgen.cuh"

struct Choice {
    const float* errors;    // [kinds, heads]
    const float* energies;  // [heads]
    const float* costs;     // [kinds + 1], the last of dense attention; then the branches' multipliers
    int* chosen;            // [heads]; `kinds` for dense attention
    int heads, kinds, branches;
    float tolerance;
};

// NaN is greater than all.
DEVICE bool less(double a, double b) { return a < b || (b != b && a == a); }

// What a unit of cost is worth in a branch: its multiplier times the mean energy of its heads. As a float,
// so that its product with a cost is exact in double precision.
DEVICE float worth(const Choice& c, int branch, int each) {
    double sum = 0;
    for (int i = 0; i < each; i++) {
        sum += c.energies[branch * each + i];
    }
    double multiplier = c.costs[c.kinds + 1 + branch];
    return (float)(multiplier * (sum / each));
}

// The least error + worth * cost, the first of equals: the processor chooses alike.
KERNEL(128) choose_kinds(Choice c) {
    bool any = c.tolerance == INFINITY;
    int each = c.heads / c.branches;
    for (i64 head = thread_index(); head < c.heads; head += thread_count()) {
        int branch = (int)head / each;
        double unit = worth(c, branch, each);
        double bound = (double)c.tolerance * c.energies[head];
        int best = -1;
        double least = 0;
        for (int j = 0; j < c.kinds; j++) {
            double error = c.errors[j * c.heads + head];
            double score = error + unit * c.costs[j];
            if ((any || error <= bound) && (best < 0 || less(score, least))) {
                best = j;
                least = score;
            }
        }
        bool competes = c.costs[c.kinds + 1 + branch] > 0;
        bool dense = best < 0 || (competes && less(unit * c.costs[c.kinds], least));
        c.chosen[head] = dense ? c.kinds : best;
    }
}
