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

    // Of the i-th four channels, of few enough to be counted in 32 bits.
    static DEVICE Place of_four(const Patches& p, u32 i) {
        Place to;
        u32 fours = p.out_c / 4, pixel = i / fours, line = pixel / p.out_w;
        to.channel = (i - pixel * fours) * 4;
        to.column = pixel - line * p.out_w;
        to.frame = line / p.out_h;
        to.row = line - to.frame * p.out_h;
        return to;
    }

private:
    DEVICE Place() {}
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

// What a place of out copies: a pixel of x, and which of those that it becomes.
struct Source {
    i64 pixel;
    int which;

    DEVICE Source(const Patches& p, const Place& to) {
        int frame = to.frame + p.missing;
        which = (frame % p.time * p.space + to.row % p.space) * p.space + to.column % p.space;
        pixel = ((i64)(frame / p.time) * p.h + to.row / p.space) * p.w + to.column / p.space;
    }

    DEVICE int channel(const Patches& p, int of_out) const {
        return (of_out * p.time * p.space * p.space + which) / p.group;
    }
};

KERNEL(256) add_duplicated(Patches p, i64 count) {
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        Place to(p, i);
        Source from(p, to);
        float copy = load(p.x, from.pixel * p.c + from.channel(p, to.channel));
        store(p.out, i, load(p.out, i) + copy);
    }
}

// Four channels a thread.
KERNEL(256) add_duplicated_wide(Patches p, i64 count) {
    bool same = p.c == p.out_c;
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        Place to = Place::of_four(p, (u32)i);
        Source from(p, to);
        i64 at = from.pixel * p.c;
        Four copy;
        if (same) {
            copy = load4(p.x, at + to.channel);
        } else {
            for (int j = 0; j < 4; j++) copy.v[j] = load(p.x, at + from.channel(p, to.channel + j));
        }
        Four out = load4(p.out, 4 * i);
        for (int j = 0; j < 4; j++) out.v[j] += copy.v[j];
        store4(p.out, 4 * i, out);
    }
}
