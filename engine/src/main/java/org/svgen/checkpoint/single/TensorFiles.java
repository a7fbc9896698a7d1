package org.svgen.checkpoint.single;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.gguf.Gguf;
import org.svgen.tensor.BadInputException;

/** Opens files of tensors by what they begin with, whatever their names are. */
public final class TensorFiles {
    private static final int MARK_BYTES = 4;

    /** A zip file, and a pickled number: how PyTorch's files begin, the newer and the older. */
    private static final List<String> PICKLES = List.of("PK\u0003\u0004", "\u0080\u0002\u008a\n");

    private TensorFiles() {}

    /**
     * Opens a file.
     *
     * @param file a safetensors or GGUF file
     * @return its tensors; the caller closes them
     * @throws BadInputException if it is missing, damaged, or of a format that is not read
     */
    public static TensorFile open(Path file) {
        Untrusted.requireFile(file);
        byte[] head = head(file);
        String begin =
                new String(head, 0, Math.min(head.length, MARK_BYTES), StandardCharsets.ISO_8859_1);
        boolean pickle = PICKLES.contains(begin);
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (pickle || name.matches(".*\\.(ckpt|pt|pth|bin)")) {
            throw new BadInputException(
                    "%s: expected safetensors or GGUF, found weights pickled by PyTorch, which are not read since they may run code; safetensors.torch.save_file writes them as safetensors"
                            .formatted(file));
        }
        if (begin.equals("GGUF")) {
            return new GgufTensors(Gguf.open(file));
        }
        ForeignContent.of(head)
                .ifPresent(found -> {
                    throw new BadInputException(
                            "%s: expected safetensors or GGUF, found %s".formatted(file, found));
                });
        return new SafeTensorsFile(SafeTensors.open(file));
    }

    private static byte[] head(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(ForeignContent.HEAD_BYTES);
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }
}
