package org.svgen.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.checkpoint.SafeTensorsHeader.Entry;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/**
 * The weights in a checkpoint's files.
 *
 * @param activation what the model's activations are; matrices and convolutions' weights are
 *     rounded to it unless it is F32
 */
record CheckpointWeights(SafeTensors tensors, WeightMemory memory, DType activation, String prefix)
        implements WeightSource {
    private static final Set<StoredType> COMPUTED =
            Set.of(StoredType.F32, StoredType.F16, StoredType.BF16);
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
        return new CheckpointWeights(tensors, memory, activation, prefix + part + ".");
    }

    @Override
    public boolean has(String name) {
        return tensors.file(prefix + name).isPresent();
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        return optional(name, shape)
                .orElseThrow(() -> new BadInputException(missing(prefix + name, Shape.of(shape))));
    }

    @Override
    public Optional<Tensor> optional(String name, long... shape) {
        String full = prefix + name;
        return tensors.entry(full)
                .map(entry -> {
                    check(full, entry, Shape.of(shape));
                    Tensor tensor = tensors.find(full).orElseThrow();
                    boolean factors = tensor.shape().rank() >= 2;
                    return memory.put(
                            tensor,
                            factors && activation != DType.F32 ? activation : tensor.dtype());
                });
    }

    @Override
    public void blocksEnd(String part, int count) {
        String blocks = prefix + part + ".";
        int found =
                tensors.names().stream()
                        .filter(name -> name.startsWith(blocks))
                        .mapToInt(name -> blockNumber(name.substring(blocks.length())) + 1)
                        .max()
                        .orElse(0);
        if (found > count) {
            throw new BadInputException(
                    "%s: %s: expected %d blocks, as the config says, found %d"
                            .formatted(tensors.source(), prefix + part, count, found));
        }
    }

    /** The number that {@code name} begins with; -1 if there is none. */
    private static int blockNumber(String name) {
        Matcher number = NUMBER.matcher(name);
        return number.lookingAt() ? Integer.parseInt(number.group(1)) : -1;
    }

    private void check(String name, Entry entry, Shape expected) {
        if (!entry.shape().equals(expected)) {
            throw wrong(name, "expected shape %s, found %s".formatted(expected, entry.shape()));
        }
        StoredType type = entry.type();
        if (!COMPUTED.contains(type)) {
            throw wrong(
                    name,
                    "expected f32, f16 or bf16, found %s%s"
                            .formatted(
                                    type,
                                    type.isNarrowFloat()
                                            ? ": %d-bit weights are not supported"
                                                    .formatted(type.bits())
                                            : ""));
        }
    }

    private BadInputException wrong(String name, String what) {
        return new BadInputException(
                "%s: tensor %s: %s"
                        .formatted(tensors.file(name).orElseThrow(), Untrusted.quoted(name), what));
    }

    private String missing(String name, Shape shape) {
        String near =
                NearestName.of(name, tensors.names())
                        .map(n -> "; the nearest is " + Untrusted.quoted(n))
                        .orElse("");
        return "%s: tensor %s %s is missing%s"
                .formatted(tensors.source(), Untrusted.quoted(name), shape, near);
    }
}
