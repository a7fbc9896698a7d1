package org.svgen.checkpoint.torch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.torch.Value.Flag;
import org.svgen.checkpoint.torch.Value.Pairs;
import org.svgen.checkpoint.torch.Value.Storage;
import org.svgen.checkpoint.torch.Value.Text;
import org.svgen.checkpoint.torch.Value.View;

/**
 * The layout of 2017 to 2020, one pickle behind the other: a magic number, a version, the machine,
 * what was saved, the keys of all numbers; then of each key a count (int64) and its numbers.
 */
final class LegacyContainer implements Container {
    /** The pickles of 0x1950a86a20f9469cfc6c and of version 1001. */
    private static final byte[] MAGIC = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50,
        0x19,
        '.',
        (byte) 0x80,
        2,
        'M',
        (byte) 0xe9,
        3,
        '.'
    };

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Value content;
    private final Map<String, MemorySegment> numbers = new HashMap<>();

    private LegacyContainer(Value content) {
        this.content = content;
    }

    static boolean begins(MemorySegment file) {
        return file.byteSize() >= MAGIC.length
                && Arrays.equals(file.asSlice(0, MAGIC.length).toArray(JAVA_BYTE), MAGIC);
    }

    static LegacyContainer of(MemorySegment file) throws NotTensorsException {
        PickleReader reader = new PickleReader(file, MAGIC.length);
        if (!(reader.read() instanceof Pairs(Map<String, Value> machine))
                || !(machine.get("little_endian") instanceof Flag(boolean little))
                || !little) {
            throw new NotTensorsException("expected a file of a little-endian machine");
        }
        LegacyContainer container = new LegacyContainer(reader.read());
        List<Value> keys = Calls.items(reader.read());
        container.map(file, reader.end(), keys);
        return container;
    }

    private void map(MemorySegment file, long from, List<Value> keys) throws NotTensorsException {
        Map<String, Storage> known = new HashMap<>();
        if (content instanceof Pairs(Map<String, Value> pairs)) {
            for (Value value : pairs.values()) {
                if (value instanceof View view) {
                    known.put(view.storage().key(), view.storage());
                }
            }
        }
        long at = from;
        for (Value value : keys) {
            Storage storage = value instanceof Text(String key) ? known.get(key) : null;
            if (storage == null) {
                throw new NotTensorsException("it lists numbers that no tensor has");
            }
            long left = file.byteSize() - at - Long.BYTES;
            if (left < 0 || file.get(LONG, at) != storage.count()) {
                throw new NotTensorsException(
                        left < 0
                                ? "it is cut short"
                                : "expected %d numbers, found %d"
                                        .formatted(storage.count(), file.get(LONG, at)));
            }
            if (storage.count() > left / storage.type().bytes()) {
                throw new NotTensorsException("it is cut short");
            }
            long bytes = storage.count() * storage.type().bytes();
            numbers.put(storage.key(), file.asSlice(at + Long.BYTES, bytes));
            at += Long.BYTES + bytes;
        }
        if (at != file.byteSize()) {
            throw new NotTensorsException(
                    "expected %d bytes, found %d".formatted(at, file.byteSize()));
        }
    }

    @Override
    public Value content() {
        return content;
    }

    @Override
    public MemorySegment bytes(Storage storage) throws NotTensorsException {
        MemorySegment bytes = numbers.get(storage.key());
        if (bytes == null || bytes.byteSize() != storage.count() * storage.type().bytes()) {
            throw new NotTensorsException("a tensor's numbers are not there");
        }
        return bytes;
    }
}
