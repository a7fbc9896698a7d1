package org.svgen.resume;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A checkpoint that a run is to go on from. The owner closes it. */
public final class StoredRun implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int PIECE_BYTES = 1 << 20;

    private final Path file;
    private final SafeTensors tensors;
    private final CheckpointInfo info;

    private StoredRun(Path file, SafeTensors tensors, CheckpointInfo info) {
        this.file = file;
        this.tensors = tensors;
        this.info = info;
    }

    /**
     * Reads a checkpoint's header.
     *
     * @param file the checkpoint
     * @return the checkpoint; nothing but its header has been looked at
     * @throws CheckpointException if there is none, or it is cut short, or of a newer format
     */
    public static StoredRun open(Path file) {
        if (Files.notExists(file)) {
            throw new CheckpointException(file, "there is no such file");
        }
        SafeTensors tensors;
        try {
            tensors = SafeTensors.open(file);
        } catch (BadInputException e) {
            throw damaged(file, String.valueOf(e.getMessage()).replace(file + ": ", ""), e);
        }
        try {
            return new StoredRun(file, tensors, info(file, tensors.metadata().get(Header.INFO)));
        } catch (RuntimeException e) {
            tensors.close();
            throw e;
        }
    }

    private static CheckpointInfo info(Path file, @Nullable String json) {
        if (json == null) {
            throw new CheckpointException(file, "it holds tensors, but no run");
        }
        try {
            JsonNode root = MAPPER.readTree(json);
            int format = root.path("format").asInt(0);
            if (format > CheckpointInfo.FORMAT) {
                throw new CheckpointException(
                        file,
                        "format: expected %d, found %d, which a newer version of svgen wrote"
                                .formatted(CheckpointInfo.FORMAT, format));
            }
            return Objects.requireNonNull(MAPPER.treeToValue(root, CheckpointInfo.class));
        } catch (JacksonException | NullPointerException e) {
            throw damaged(file, "its header is none of a run", e);
        }
    }

    private static CheckpointException damaged(Path file, String how, @Nullable Exception e) {
        return new CheckpointException(file, List.of("it is damaged: " + how), e);
    }

    /** {@return what the header says} */
    public CheckpointInfo info() {
        return info;
    }

    /**
     * Holds this to be of the run that is to go on from it, but for the model.
     *
     * @param here what the run's own header would say
     * @throws CheckpointException saying all that differs, what was expected and what was found
     */
    public void require(CheckpointInfo here) {
        List<String> differences = here.differences(info);
        if (!differences.isEmpty()) {
            throw new CheckpointException(file, differences, null);
        }
    }

    /**
     * Reads the file through.
     *
     * @param asked between pieces; throws to end it
     * @throws CheckpointException if a bit is not as it was written
     */
    public void requireWhole(Runnable asked) {
        String expected = String.valueOf(tensors.metadata().get(Header.CHECKSUM));
        String found;
        try {
            found = checksum(asked);
        } catch (IOException e) {
            throw damaged(file, Reasons.of(e), e);
        }
        if (!found.equals(expected)) {
            throw damaged(file, "checksum: expected %s, found %s".formatted(expected, found), null);
        }
    }

    private String checksum(Runnable asked) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            ByteBuffer length = read(in, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            byte[] json = read(in, Math.toIntExact(length.getLong())).array();
            Checksum sum = Header.unsigned(json).begin();
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
            while (in.read(piece) >= 0) {
                sum.add(piece.flip());
                piece.clear();
                asked.run();
            }
            return sum.text();
        }
    }

    private static ByteBuffer read(FileChannel in, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (in.read(bytes) < 0) {
                throw new EOFException("it was cut while it was read");
            }
        }
        return bytes.flip();
    }

    /**
     * {@return what gives the state back}
     *
     * @param backend takes the tensors
     */
    public GivenState state(Backend backend) {
        Map<String, Object> values;
        try {
            values =
                    MAPPER.readValue(
                            tensors.metadata().getOrDefault(Header.STATE, ""),
                            new TypeReference<>() {});
        } catch (JacksonException e) {
            throw damaged(file, "its state is none of a run", e);
        }
        return new GivenState(file, backend, "", values, tensors);
    }

    @Override
    public void close() {
        tensors.close();
    }
}
