package org.svgen.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Weight;

/**
 * Weights that are checked and put where the model computes.
 *
 * @param stored the weights of the whole component
 * @param memory where they go
 * @param prefix of the names that the model asks for
 */
record LoadedWeights(StoredWeights stored, WeightMemory memory, String prefix)
        implements WeightSource {
    private static final Set<DType> NUMBERS = Set.of(DType.F32, DType.F16, DType.BF16);
    private static final Set<DType> SCALED = Set.of(DType.F8_E4M3, DType.F8_E5M2);
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,6})\\.");

    @Override
    public Backend backend() {
        return memory.backend();
    }

    @Override
    public <T> List<T> layers(int count, IntFunction<T> load) {
        return memory.layers(count, load);
    }

    @Override
    public WeightSource at(String part) {
        return new LoadedWeights(stored, memory, prefix + part + ".");
    }

    @Override
    public boolean has(String name) {
        return stored.has(prefix + name);
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        return optional(name, shape).orElseThrow(() -> missing(prefix + name, Shape.of(shape)));
    }

    @Override
    public Optional<Tensor> optional(String name, long... shape) {
        return find(prefix + name, Shape.of(shape)).map(found -> plain(prefix + name, found));
    }

    private Tensor plain(String name, StoredWeight found) {
        if (found.scale() != null) {
            throw wrong(
                    name, "expected numbers that need no scale, found " + found.values().dtype());
        }
        return memory.put(found.values(), found.dtype());
    }

    @Override
    public Weight weight(String name, long... shape) {
        StoredWeight found =
                find(prefix + name, Shape.of(shape))
                        .orElseThrow(() -> missing(prefix + name, Shape.of(shape)));
        if (found.values() instanceof CodedTensor coded && coded.isMatrix()) {
            return coded(coded, found.dtype());
        }
        Tensor values = memory.put(found.values(), found.dtype());
        HostTensor scale = found.scale();
        return new Weight(
                values, scale == null ? null : memory.put(scale, DType.F32), found.inputs());
    }

    /** Bits go to the device as they are. */
    private Weight coded(CodedTensor coded, DType dtype) {
        HostTensor bits = new MappedTensor(coded.byRow());
        Tensor there = memory.put(bits, bits.dtype());
        if (coded.blocks() != null) {
            return Weight.of(there, coded.blocks(), dtype);
        }
        Tensor scale = memory.put(coded.factor(), DType.F32);
        return new Weight(there, scale, Weight.Inputs.FULL, null, dtype);
    }

    private Optional<StoredWeight> find(String name, Shape expected) {
        Optional<StoredWeight> found = stored.find(name, expected);
        found.ifPresent(weight -> check(name, weight, expected));
        return found;
    }

    private void check(String name, StoredWeight found, Shape expected) {
        if (!found.shape().equals(expected)) {
            throw wrong(name, "expected shape %s, found %s".formatted(expected, found.shape()));
        }
        DType type = found.values().dtype();
        boolean known = NUMBERS.contains(type) || found.scale() != null && SCALED.contains(type);
        if (!known) {
            throw StoredType.of(type).refused(stored.place(name), name);
        }
    }

    @Override
    public void blocksEnd(String part, int count) {
        String blocks = prefix + part + ".";
        int found =
                stored.names().stream()
                        .filter(name -> name.startsWith(blocks))
                        .mapToInt(name -> blockNumber(name.substring(blocks.length())) + 1)
                        .max()
                        .orElse(0);
        if (found > count) {
            throw new BadInputException(
                    "%s: %s: expected %d blocks, as the config says, found %d"
                            .formatted(stored.place(""), prefix + part, count, found));
        }
    }

    /** The number that {@code name} begins with; -1 if there is none. */
    private static int blockNumber(String name) {
        Matcher number = NUMBER.matcher(name);
        return number.lookingAt() ? Integer.parseInt(number.group(1)) : -1;
    }

    private BadInputException wrong(String name, String what) {
        return new BadInputException(
                "%s: tensor %s: %s".formatted(stored.place(name), Untrusted.quoted(name), what));
    }

    private BadInputException missing(String name, Shape shape) {
        String near =
                NearestName.of(name, stored.names())
                        .map(n -> "; the nearest is " + Untrusted.quoted(n))
                        .orElse("");
        return new BadInputException(
                "%s: tensor %s %s is missing%s"
                        .formatted(stored.place(name), Untrusted.quoted(name), shape, near));
    }
}
