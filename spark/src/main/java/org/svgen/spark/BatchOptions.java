package org.svgen.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;

/**
 * How the videos of a table are made.
 *
 * @param device of executors that Spark gives no GPUs: {@code auto}, {@code cpu}, {@code cuda:0}
 * @param dtype {@code auto}, {@code f32}, {@code bf16} or {@code fp8}, as the command has it
 * @param memoryLimit bytes of a device's memory to use at most
 * @param checkpointEvery how often a video that is being made keeps how far it is; at most one part
 *     in fifty of the time goes into that, but where this is zero: then behind each step
 * @param kept columns that are no settings, and are handed on to the results
 */
public record BatchOptions(
        String device, String dtype, long memoryLimit, Duration checkpointEvery, List<String> kept)
        implements Serializable {
    /** All that a device has, a checkpoint each half a minute, no further columns. */
    public static final BatchOptions DEFAULT =
            new BatchOptions("auto", "auto", Long.MAX_VALUE, Duration.ofSeconds(30), List.of());

    private static final long serialVersionUID = 1L;

    /**
     * Checks what can be known without a device.
     *
     * @throws BadInputException if {@code dtype} is none, or there is no memory or no time
     */
    public BatchOptions {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(dtype, "dtype");
        if (!dtype.equalsIgnoreCase("auto")) {
            Rules.DTYPE.parse(dtype);
        }
        if (memoryLimit <= 0) {
            throw new BadInputException(
                    "memory limit: expected more than 0 bytes, found " + memoryLimit);
        }
        if (checkpointEvery.isNegative()) {
            throw new BadInputException(
                    "checkpoints: expected a time from 0 up, found " + checkpointEvery);
        }
        kept = List.copyOf(kept);
    }

    /** The type of noise and latents; none leaves it to the model. */
    Optional<DType> type() {
        return dtype.equalsIgnoreCase("auto")
                ? Optional.empty()
                : Optional.of(Rules.DTYPE.parse(dtype));
    }

    /** What the denoiser's large layers compute in, as with the command. */
    DType activation(Backend backend) {
        return type().equals(Optional.of(DType.F32)) ? DType.F32 : backend.activation();
    }

    /**
     * {@return these, on such a device}
     *
     * @param name of executors' device, where Spark gives them none
     */
    public BatchOptions device(String name) {
        return new BatchOptions(name, dtype, memoryLimit, checkpointEvery, kept);
    }

    /**
     * {@return these, in such numbers}
     *
     * @param name {@code auto}, {@code f32}, {@code bf16} or {@code fp8}
     */
    public BatchOptions dtype(String name) {
        return new BatchOptions(device, name, memoryLimit, checkpointEvery, kept);
    }

    /**
     * {@return these, with so much memory}
     *
     * @param bytes of a device's memory to use at most
     */
    public BatchOptions memoryLimit(long bytes) {
        return new BatchOptions(device, dtype, bytes, checkpointEvery, kept);
    }

    /**
     * {@return these, with so many checkpoints}
     *
     * @param time from one to the next; zero for one behind each step
     */
    public BatchOptions checkpointEvery(Duration time) {
        return new BatchOptions(device, dtype, memoryLimit, time, kept);
    }

    /**
     * {@return these, with further columns}
     *
     * @param columns that are no settings, and are handed on to the results
     */
    public BatchOptions keeping(List<String> columns) {
        return new BatchOptions(device, dtype, memoryLimit, checkpointEvery, columns);
    }
}
