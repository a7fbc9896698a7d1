package org.svgen.cli.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** Reads the rows of a batch file, whose name says its format. */
final class RowReader {
    private static final long MOST_BYTES = 64L << 20;

    private RowReader() {}

    /**
     * All rows.
     *
     * @param columns refuses the names that are none
     * @param mistakes gets what is wrong with the format of single rows
     * @throws BadInputException if nothing can be read
     */
    static List<Row> read(Path file, Columns columns, Mistakes mistakes) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            return CsvRows.read(file.toString(), text(file), columns, mistakes);
        }
        if (name.endsWith(".jsonl")) {
            return JsonRows.read(file.toString(), text(file), columns, mistakes);
        }
        throw new BadInputException(
                "%s: expected a name that ends in .csv or .jsonl".formatted(file));
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new BadInputException("%s: expected a file, found a folder".formatted(file));
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new BadInputException(
                        "%s: expected at most 64 MiB, found more".formatted(file));
            }
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                            .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new BadInputException(
                    "%s: expected text in UTF-8, found other bytes".formatted(file), e);
        } catch (IOException e) {
            throw new BadInputException("%s: %s".formatted(file, Reasons.of(e)), e);
        }
    }
}
