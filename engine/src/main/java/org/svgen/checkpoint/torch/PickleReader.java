package org.svgen.checkpoint.torch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.torch.Value.Fraction;
import org.svgen.checkpoint.torch.Value.Items;
import org.svgen.checkpoint.torch.Value.Pairs;
import org.svgen.checkpoint.torch.Value.Text;
import org.svgen.checkpoint.torch.Value.View;
import org.svgen.checkpoint.torch.Value.Whole;

/**
 * Reads pickles of Python as far as state dicts of tensors need them, and refuses all else. It
 * calls nothing: the names of a few functions mean values of ours, see {@link Calls}.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the operations</a>
 */
final class PickleReader {
    /** The largest state dicts have some ten thousand tensors, of some fifty operations each. */
    static final int MAX_OPERATIONS = 1 << 22;

    private static final int MAX_TEXT_BYTES = 1 << 16;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment bytes;
    private long at;
    private int operations;
    private List<Value> stack = new ArrayList<>();
    private final Deque<List<Value>> below = new ArrayDeque<>();
    private final Map<Integer, Value> memo = new HashMap<>();

    /**
     * @param at where the pickle begins
     */
    PickleReader(MemorySegment bytes, long at) {
        this.bytes = bytes;
        this.at = at;
    }

    /** {@return where the pickle that was read has ended} */
    long end() {
        return at;
    }

    /**
     * Reads one pickle, from where the last one ended.
     *
     * @throws NotTensorsException if it is cut short, or holds what no state dict needs
     */
    Value read() throws NotTensorsException {
        stack = new ArrayList<>();
        below.clear();
        memo.clear();
        while (true) {
            if (++operations > MAX_OPERATIONS) {
                throw new NotTensorsException(
                        "expected at most %d operations of a pickle".formatted(MAX_OPERATIONS));
            }
            int operation = unsigned(1);
            if (operation == '.') {
                Value all = pop();
                if (!stack.isEmpty() || !below.isEmpty()) {
                    throw new NotTensorsException("expected one value, found more");
                }
                return all;
            }
            run(operation);
        }
    }

    private void run(int operation) throws NotTensorsException {
        switch (operation) {
            case 0x80 -> skip(1); // PROTO: operations tell what they are
            case 0x95 -> skip(Long.BYTES); // FRAME
            case '(' -> {
                below.push(stack);
                stack = new ArrayList<>();
            }
            case 'N' -> push(Value.Nothing.NOTHING);
            case 0x88 -> push(new Value.Flag(true));
            case 0x89 -> push(new Value.Flag(false));
            case 'K' -> push(new Whole(unsigned(1)));
            case 'M' -> push(new Whole(unsigned(2)));
            case 'J' -> push(new Whole(integer()));
            case 0x8a -> push(new Whole(longer(unsigned(1))));
            case 'G' -> {
                long bits = bytes.get(BIG_LONG, take(Long.BYTES));
                push(new Fraction(Double.longBitsToDouble(bits)));
            }
            case 'X', 'T' -> push(new Text(text(integer())));
            case 0x8c, 'U' -> push(new Text(text(unsigned(1))));
            case '}' -> push(new Pairs(new LinkedHashMap<>()));
            case ']' -> push(new Items(new ArrayList<>()));
            case ')' -> push(new Items(List.of()));
            case 't' -> push(new Items(marked()));
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case 'a' -> append(List.of(pop()));
            case 'e' -> append(marked());
            case 's' -> put(List.copyOf(tuple(2).items()));
            case 'u' -> put(marked());
            case 'q' -> memo.put(unsigned(1), top());
            case 'r' -> memo.put(integer(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> recall(unsigned(1));
            case 'j' -> recall(integer());
            case 'c' -> push(Calls.named(line(), line()));
            case 0x93 -> push(named(tuple(2).items()));
            case 'Q' -> push(Calls.storage(pop()));
            case 'R', 0x81 -> {
                Value arguments = pop();
                push(Calls.call(pop(), arguments));
            }
            case 'b' -> build();
            default ->
                    throw new NotTensorsException(
                            "expected a pickle of tensors, found operation 0x%02x at byte %d, which none needs"
                                    .formatted(operation, at - 1));
        }
    }

    private static Value named(List<Value> two) throws NotTensorsException {
        if (two.getFirst() instanceof Text(String module)
                && two.getLast() instanceof Text(String name)) {
            return Calls.named(module, name);
        }
        throw new NotTensorsException("expected a module and a name");
    }

    /** Attributes of a dict (versions of its layers) and of a parameter; they change no number. */
    private void build() throws NotTensorsException {
        pop();
        if (!(top() instanceof Pairs || top() instanceof View)) {
            throw new NotTensorsException("expected attributes of a dict or a tensor alone");
        }
    }

    private void append(List<Value> values) throws NotTensorsException {
        if (!(top() instanceof Items(List<Value> items)) || !(items instanceof ArrayList)) {
            throw new NotTensorsException("expected a list to append to");
        }
        items.addAll(values);
    }

    private void put(List<Value> values) throws NotTensorsException {
        if (!(top() instanceof Pairs(Map<String, Value> pairs)) || values.size() % 2 != 0) {
            throw new NotTensorsException("expected a dict to put pairs into");
        }
        for (int i = 0; i < values.size(); i += 2) {
            if (!(values.get(i) instanceof Text(String key))) {
                throw new NotTensorsException("expected texts as the keys of a dict");
            }
            pairs.put(key, values.get(i + 1));
        }
    }

    private Items tuple(int size) throws NotTensorsException {
        if (stack.size() < size) {
            throw new NotTensorsException("a tuple lacks values");
        }
        List<Value> last = stack.subList(stack.size() - size, stack.size());
        Items tuple = new Items(List.copyOf(last));
        last.clear();
        return tuple;
    }

    /** What stands above the last mark, which goes. */
    private List<Value> marked() throws NotTensorsException {
        List<Value> above = stack;
        List<Value> before = below.poll();
        if (before == null) {
            throw new NotTensorsException("a mark is missing");
        }
        stack = before;
        return above;
    }

    private void push(Value value) {
        stack.add(value);
    }

    private Value pop() throws NotTensorsException {
        Value value = top();
        stack.removeLast();
        return value;
    }

    private Value top() throws NotTensorsException {
        if (stack.isEmpty()) {
            throw new NotTensorsException("a value is missing");
        }
        return stack.getLast();
    }

    private void recall(int index) throws NotTensorsException {
        Value value = memo.get(index);
        if (value == null) {
            throw new NotTensorsException("value %d is used before it is there".formatted(index));
        }
        push(value);
    }

    private void skip(int count) throws NotTensorsException {
        take(count);
    }

    /** Where {@code count} bytes lie that are read by this. */
    private long take(long count) throws NotTensorsException {
        if (count < 0 || count > bytes.byteSize() - at) {
            throw new NotTensorsException("it is cut short, or no file of torch");
        }
        long from = at;
        at += count;
        return from;
    }

    private int unsigned(int count) throws NotTensorsException {
        long from = take(count);
        int value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << Byte.SIZE | bytes.get(JAVA_BYTE, from + i) & 0xff;
        }
        return value;
    }

    private int integer() throws NotTensorsException {
        return bytes.get(INT, take(Integer.BYTES));
    }

    /** Little-endian, with a sign. */
    private long longer(int count) throws NotTensorsException {
        if (count > Long.BYTES) {
            throw new NotTensorsException("expected numbers of at most 64 bits");
        }
        long from = take(count);
        long value = count == 0 ? 0 : bytes.get(JAVA_BYTE, from + count - 1); // with its sign
        for (int i = count - 2; i >= 0; i--) {
            value = value << Byte.SIZE | bytes.get(JAVA_BYTE, from + i) & 0xff;
        }
        return value;
    }

    private String text(int count) throws NotTensorsException {
        if (count < 0 || count > MAX_TEXT_BYTES) {
            throw new NotTensorsException(
                    "expected texts of at most %d bytes".formatted(MAX_TEXT_BYTES));
        }
        byte[] out = bytes.asSlice(take(count), count).toArray(JAVA_BYTE);
        return new String(out, StandardCharsets.UTF_8);
    }

    /** Up to the end of a line. */
    private String line() throws NotTensorsException {
        long from = at;
        while (unsigned(1) != '\n') {
            if (at - from > MAX_TEXT_BYTES) {
                throw new NotTensorsException("expected a name");
            }
        }
        byte[] out = bytes.asSlice(from, at - 1 - from).toArray(JAVA_BYTE);
        return new String(out, StandardCharsets.UTF_8);
    }
}
