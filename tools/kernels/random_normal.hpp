// A number that is about normally distributed, by rand().
#pragma once
#include <cstdlib>

inline float random_normal() {
    float sum = 0;
    for (int i = 0; i < 12; i++) sum += rand() / (float)RAND_MAX;
    return sum - 6;
}
