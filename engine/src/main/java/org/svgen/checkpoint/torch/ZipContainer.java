package org.svgen.checkpoint.torch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.svgen.checkpoint.torch.Value.Storage;

/**
 * The layout since 2020: a zip, nothing in it compressed, with a folder in which {@code data.pkl}
 * is what was saved, {@code data/KEY} the numbers and {@code byteorder} their order.
 */
final class ZipContainer implements Container {
    private static final String PICKLE = "data.pkl";
    private static final int MAX_PICKLE_BYTES = 1 << 26;
    private static final int MAX_NUMBER_BYTES = Integer.MAX_VALUE - 8; // a Java array's

    private final ZipFile zip;
    private final String folder;
    private final Value content;

    private ZipContainer(ZipFile zip, String folder, Value content) {
        this.zip = zip;
        this.folder = folder;
        this.content = content;
    }

    static boolean begins(MemorySegment file) {
        return file.byteSize() >= 2
                && file.get(JAVA_BYTE, 0) == 'P'
                && file.get(JAVA_BYTE, 1) == 'K';
    }

    static ZipContainer open(Path file) throws IOException, NotTensorsException {
        ZipFile zip = new ZipFile(file.toFile());
        try {
            List<String> pickles =
                    zip.stream()
                            .map(ZipEntry::getName)
                            .filter(name -> name.endsWith("/" + PICKLE))
                            .toList();
            if (pickles.size() != 1) {
                throw new NotTensorsException("expected a zip with one FOLDER/" + PICKLE);
            }
            String pickle = pickles.getFirst();
            String folder = pickle.substring(0, pickle.length() - PICKLE.length());
            requireLittleEndian(zip, folder + "byteorder");
            byte[] bytes = read(zip, pickle, MAX_PICKLE_BYTES);
            Value content = new PickleReader(MemorySegment.ofArray(bytes), 0).read();
            return new ZipContainer(zip, folder, content);
        } catch (IOException | NotTensorsException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static void requireLittleEndian(ZipFile zip, String name)
            throws IOException, NotTensorsException {
        if (zip.getEntry(name) != null) {
            String order = new String(read(zip, name, 16), StandardCharsets.US_ASCII);
            if (!order.equals("little")) {
                throw new NotTensorsException("expected numbers of a little-endian machine");
            }
        }
    }

    private static byte[] read(ZipFile zip, String name, int most)
            throws IOException, NotTensorsException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new NotTensorsException("it lacks " + name);
        }
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() > most) {
            throw new NotTensorsException(
                    "%s: expected at most %d bytes, not compressed".formatted(name, most));
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes(most);
        }
    }

    @Override
    public Value content() {
        return content;
    }

    @Override
    public MemorySegment bytes(Storage storage) throws IOException, NotTensorsException {
        String name = folder + "data/" + storage.key();
        byte[] bytes = read(zip, name, MAX_NUMBER_BYTES);
        if (bytes.length % storage.type().bytes() != 0
                || bytes.length / storage.type().bytes() != storage.count()) {
            throw new NotTensorsException(
                    "%s: expected %d numbers, found %d bytes"
                            .formatted(name, storage.count(), bytes.length));
        }
        return MemorySegment.ofArray(bytes);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
