package org.svgen.media;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.svgen.testkit.Goldens;

/** The pictures of tools/make-pictures.py. */
final class TestPictures {
    private TestPictures() {}

    static Path file(String name) {
        return Goldens.folder("pictures").resolve(name);
    }

    /** What Pillow gives for each, by the layout that the script tells. */
    static List<Pillow> all() throws IOException {
        List<Pillow> all = new ArrayList<>();
        try (InputStream packed = Files.newInputStream(file("values.bin.gz"));
                var in = new DataInputStream(new GZIPInputStream(packed))) {
            for (int length = in.read(); length >= 0; length = in.read()) {
                String name = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
                int width = in.readUnsignedShort();
                int height = in.readUnsignedShort();
                all.add(new Pillow(name, width, height, in.readNBytes(width * height * 3)));
            }
        }
        return all;
    }

    static Map<String, Pillow> byName() throws IOException {
        return all().stream().collect(Collectors.toMap(Pillow::name, p -> p));
    }
}
