package org.svgen.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.svgen.text.ProtoReader.Malformed;

/**
 * Checks the {@code precompiled_charsmap} of a SentencePiece model: a double-array trie from byte
 * strings to offsets in a block of replacement strings. The native library follows it without
 * checking a single bound, so a damaged one would end the process.
 *
 * <p>Layout: size of the trie in bytes (uint32), its units (uint32 each), the strings, each ended
 * by a zero byte. A unit holds a label, an offset to its children, and a mark that child 0 carries
 * a value, as in Darts-clone.
 */
final class CharacterMap {
    /** The library collects at most this many matching prefixes of a text. */
    private static final int MAX_MATCHES = 32;

    private static final int MAX_DEPTH = 200;
    private static final int LABELS = 256;

    private final int[] units;
    private final int stringBytes;

    /** Per unit: values met from here on at most, plus one; 0 where not yet known. */
    private final byte[] matches;

    private CharacterMap(int[] units, int stringBytes) {
        this.units = units;
        this.stringBytes = stringBytes;
        this.matches = new byte[units.length];
    }

    /**
     * @throws Malformed if following the map could leave it; an empty map is fine
     */
    static void check(ByteBuffer map) {
        ByteBuffer bytes = map.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (!bytes.hasRemaining()) {
            return;
        }
        long trie = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt() & 0xFFFFFFFFL;
        if (trie < Integer.BYTES || trie % Integer.BYTES != 0 || trie >= bytes.remaining()) {
            throw new Malformed(
                    "a character map of %d bytes with a trie of %d"
                            .formatted(map.remaining(), trie));
        }
        if (bytes.get(bytes.limit() - 1) != 0) {
            throw new Malformed("the character map's strings have no end");
        }
        int[] units = new int[(int) trie / Integer.BYTES];
        bytes.asIntBuffer().get(units);
        new CharacterMap(units, bytes.remaining() - (int) trie).follow(offset(units[0]), 0);
    }

    /**
     * Looks at all children of the node whose children lie around {@code base}.
     *
     * @return the most values that a text can meet below it
     */
    private int follow(int base, int depth) {
        if (depth > MAX_DEPTH || (base | (LABELS - 1)) >= units.length) {
            throw new Malformed(
                    "the character map leads to unit %d of %d at depth %d"
                            .formatted(base | (LABELS - 1), units.length, depth));
        }
        int most = 0;
        for (int label = 0; label < LABELS; label++) {
            int at = base ^ label;
            if (label(units[at]) == label) {
                if (matches[at] == 0) {
                    matches[at] = (byte) (1 + through(at, depth));
                }
                most = Math.max(most, matches[at] - 1);
            }
        }
        return most;
    }

    private int through(int at, int depth) {
        int unit = units[at];
        int base = at ^ offset(unit);
        int below = follow(base, depth + 1);
        if (!hasValue(unit)) {
            return below;
        }
        int value = units[base] & 0x7FFFFFFF;
        if (value >= stringBytes || below + 1 > MAX_MATCHES) {
            throw new Malformed(
                    "the character map leads to string %d of %d bytes, %d deep"
                            .formatted(value, stringBytes, below + 1));
        }
        return below + 1;
    }

    /** The byte that leads to this unit; for a value, which no byte leads to, not a byte. */
    private static int label(int unit) {
        return unit & 0x800000FF;
    }

    private static boolean hasValue(int unit) {
        return (unit >>> 8 & 1) != 0;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }
}
