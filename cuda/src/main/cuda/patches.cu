// What becomes of a few frames and pixels that one place stands for, limited by memory. Values of a
// place stand in the order channel, frame, line, column.
#include "svgen.cuh"

struct Patches {
    Elements x, out;
    int h, w, c;              // of x
    int out_h, out_w, out_c;  // of out
    int time, space;
    int group;    // values that become one, or that one becomes
    int missing;  // frames that the first place lacks
};

// An element of out, [T, out_h, out_w, out_c].
struct Place {
    int channel, column, row, frame;

    DEVICE Place(const Patches& p, i64 i) {
        i64 pixel = i / p.out_c;
        i64 line = pixel / p.out_w;
        channel = (int)(i - pixel * p.out_c);
        column = (int)(pixel - line * p.out_w);
        frame = (int)(line / p.out_h);
        row = (int)(line - (i64)frame * p.out_h);
    }
};

DEVICE float load_at(const Patches& p, int frame, int row, int column, int channel) {
    return load(p.x, (((i64)frame * p.h + row) * p.w + column) * p.c + channel);
}

KERNEL(256) add_averaged(Patches p, i64 count) {
    int places = p.time * p.space * p.space;
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        Place to(p, i);
        float sum = 0;
        for (int j = 0; j < p.group; j++) {
            int value = to.channel * p.group + j;
            int channel = value / places, place = value - channel * places;
            int line = place / p.space;
            int frame = to.frame * p.time + line / p.space - p.missing;
            if (frame < 0) continue;
            sum += load_at(p, frame, to.row * p.space + line % p.space,
                           to.column * p.space + place % p.space, channel);
        }
        store(p.out, i, load(p.out, i) + sum / p.group);
    }
}

KERNEL(256) add_duplicated(Patches p, i64 count) {
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        Place to(p, i);
        int frame = to.frame + p.missing;
        int value = to.channel * p.time + frame % p.time;
        value = value * p.space + to.row % p.space;
        value = value * p.space + to.column % p.space;
        float copy = load_at(p, frame / p.time, to.row / p.space, to.column / p.space, value / p.group);
        store(p.out, i, load(p.out, i) + copy);
    }
}
