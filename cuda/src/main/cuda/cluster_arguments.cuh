// The parameters of the Hopper kernels on clusters of tokens. Tensor maps as those of Attention.
#pragma once

#include "hopper.cuh"

/** The nearest centroid of each token. */
struct ClusterAssign {
    TensorMap x;           // [batch, heads, tokens, D]
    TensorMap centroids;   // [maps, columns, D]: as cluster_round writes them
    const float* squares;  // [maps, columns]: likewise
    int* labels;           // [maps, count]
    int maps, heads, from, count, columns;
};

/** How far off the means of key clusters are. */
struct ClusterError {
    TensorMap queries;     // [maps, rows, D], as cluster_round writes them
    TensorMap keys;        // [maps, n, D]: less their means, in the order of clusters, as cluster_apart writes them
    const float2* terms;   // [maps, n], and as many behind as a tile has: 2 u v and |v|^2
    const int* bounds;     // [maps, stride]: where clusters begin
    float* sums;           // [maps, rows, clusters]: without |u|^2
    int maps, n, rows, clusters, stride, first;
    int parts;             // of clusters, which blocks share
    float scale;
};

/** Beyond this exponent of two a key counts as this far off: its square still is a number. */
constexpr float FARTHEST = 60;
