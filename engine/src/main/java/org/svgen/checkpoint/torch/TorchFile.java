package org.svgen.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.torch.Value.Pairs;
import org.svgen.checkpoint.torch.Value.View;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/**
 * State dicts that {@code torch.save} has written ({@code .pth}), in either of its layouts. Such
 * files are pickles, which may hold code: none is ever run, and a file that names more than tensors
 * and dicts is refused.
 */
public final class TorchFile {
    private static final int MAX_RANK = 8;

    private TorchFile() {}

    /**
     * Reads tensors.
     *
     * @param file a state dict: a dict of tensors by name
     * @param wanted the names of those that are read; others are not looked at
     * @param arena owns their memory
     * @return the tensors in the file's order, on the host, of the types that they are stored in
     * @throws BadInputException if it cannot be read, is cut short, or holds anything but tensors
     */
    public static Map<String, Tensor> read(Path file, Predicate<String> wanted, Arena arena) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(wanted, "wanted");
        Objects.requireNonNull(arena, "arena");
        Untrusted.requireFile(file);
        try (FileChannel channel = FileChannel.open(file);
                Arena mapped = Arena.ofConfined()) {
            MemorySegment bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), mapped);
            try (Container container = open(file, bytes)) {
                return tensors(container, wanted, arena);
            }
        } catch (NotTensorsException e) {
            throw new BadInputException("%s: %s".formatted(file, e.getMessage()), e);
        } catch (ZipException e) {
            throw new BadInputException(
                    "%s: a zip that is cut short or damaged (%s)"
                            .formatted(file, Untrusted.oneLine(String.valueOf(e.getMessage()))),
                    e);
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }

    private static Container open(Path file, MemorySegment bytes)
            throws IOException, NotTensorsException {
        if (ZipContainer.begins(bytes)) {
            return ZipContainer.open(file);
        }
        if (LegacyContainer.begins(bytes)) {
            return LegacyContainer.of(bytes);
        }
        throw new NotTensorsException(
                "expected a file that torch.save wrote, which begins as a zip or with its magic number");
    }

    private static Map<String, Tensor> tensors(
            Container container, Predicate<String> wanted, Arena arena)
            throws IOException, NotTensorsException {
        if (!(container.content() instanceof Pairs(Map<String, Value> pairs))) {
            throw new NotTensorsException("expected a dict of tensors");
        }
        Map<String, Tensor> out = new LinkedHashMap<>();
        for (Map.Entry<String, Value> entry : pairs.entrySet()) {
            if (wanted.test(entry.getKey())) {
                if (!(entry.getValue() instanceof View view)) {
                    throw new NotTensorsException(
                            "expected a tensor, found something else under "
                                    + Untrusted.quoted(entry.getKey()));
                }
                out.put(entry.getKey(), tensor(container, entry.getKey(), view, arena));
            }
        }
        return out;
    }

    private static Tensor tensor(Container container, String name, View view, Arena arena)
            throws IOException, NotTensorsException {
        long elements = elements(name, view);
        long width = view.storage().type().bytes();
        MemorySegment from =
                container.bytes(view.storage()).asSlice(view.offset() * width, elements * width);
        long[] dims = view.sizes().stream().mapToLong(Long::longValue).toArray();
        Tensor tensor = Tensor.zeros(arena, view.storage().type(), dims);
        MemorySegment.copy(from, 0, tensor.host(), 0, from.byteSize());
        return tensor;
    }

    /** How many there are; they lie one behind the other, inside of their storage. */
    private static long elements(String name, View view) throws NotTensorsException {
        int rank = view.sizes().size();
        long elements = 1;
        boolean fits = rank <= MAX_RANK && view.strides().size() == rank && view.offset() >= 0;
        for (int i = rank - 1; fits && i >= 0; i--) {
            long size = view.sizes().get(i);
            fits =
                    size >= 0
                            && (size == 1 || view.strides().get(i) == elements)
                            && (size == 0 || elements <= view.storage().count() / size);
            elements *= Math.max(0, size);
        }
        if (!fits || view.offset() > view.storage().count() - elements) {
            throw new NotTensorsException(
                    "tensor %s: expected numbers that lie one behind the other, found sizes %s and strides %s from number %d of %d"
                            .formatted(
                                    Untrusted.quoted(name),
                                    view.sizes(),
                                    view.strides(),
                                    view.offset(),
                                    view.storage().count()));
        }
        return elements;
    }
}
