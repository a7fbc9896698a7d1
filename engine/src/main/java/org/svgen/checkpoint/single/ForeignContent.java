package org.svgen.checkpoint.single;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.svgen.files.Impostor;

/** What people take for a file of tensors by mistake, by its first bytes. */
final class ForeignContent {
    /** The bytes that are enough. */
    static final int HEAD_BYTES = Impostor.HEAD_BYTES;

    private static final Map<String, String> BEGINNINGS =
            Map.of(
                    "GIF8", "a GIF",
                    "\u0089PNG", "a picture (PNG)",
                    "\u00ff\u00d8\u00ff", "a picture (JPEG)",
                    "RIFF", "a picture or a video (RIFF)",
                    "\u001a\u0045\u00df\u00a3", "a video (WebM or Matroska)",
                    "%PDF", "a PDF",
                    "\u001f\u008b", "what gzip packed",
                    "7z\u00bc\u00af", "what 7-Zip packed");

    /** Where an MP4 says that it is one. */
    private static final int MP4_MARK = 4;

    private ForeignContent() {}

    /**
     * What it is; nothing if it may be a file of tensors, or what is told elsewhere.
     *
     * @param head the first {@link #HEAD_BYTES} bytes
     */
    static Optional<String> of(byte[] head) {
        if (head.length == 0) {
            return Optional.of("an empty file");
        }
        if (Impostor.of(head).isPresent()) {
            return Optional.empty();
        }
        String begin = new String(head, StandardCharsets.ISO_8859_1);
        if (begin.startsWith("ftyp", MP4_MARK)) {
            return Optional.of("a video (MP4)");
        }
        return BEGINNINGS.entrySet().stream()
                .filter(known -> begin.startsWith(known.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .or(() -> isText(head) ? Optional.of("text") : Optional.empty());
    }

    /** Both formats have zeros in their first bytes, text has none. */
    private static boolean isText(byte[] head) {
        for (byte b : head) {
            boolean control = b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t';
            if (control || b == 0x7f) {
                return false;
            }
        }
        return true;
    }
}
