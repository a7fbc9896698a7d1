package org.svgen.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.svgen.cuda.gpu.KernelNames;

/** A cubin that the jar carries: an ELF file of 64 bits. */
public final class Cubin {
    private static final int SYMBOLS = 2; // type of a section
    private static final int SYMBOL_BYTES = 24;

    private final ByteBuffer file;

    private Cubin(byte[] content) {
        file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The cubin of a source for an architecture. */
    public static Cubin of(String source, String arch) throws IOException {
        String resource = KernelNames.resource(source, arch);
        try (InputStream in = Cubin.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no " + resource);
            }
            return new Cubin(new GZIPInputStream(in).readAllBytes());
        }
    }

    /** The header of a section. */
    private record Section(ByteBuffer file, int at) {
        int type() {
            return file.getInt(at + 4);
        }

        int offset() {
            return Math.toIntExact(file.getLong(at + 24));
        }

        int size() {
            return Math.toIntExact(file.getLong(at + 32));
        }

        int names() {
            return file.getInt(at + 40);
        }
    }

    private Section section(int index) {
        return new Section(
                file,
                Math.toIntExact(file.getLong(0x28))
                        + index * Short.toUnsignedInt(file.getShort(0x3a)));
    }

    /** The ints of the array {@code name}. */
    /** The numbers of a symbol. */
    public int[] ints(String name) {
        for (int i = 0; i < file.getShort(0x3c); i++) {
            Section table = section(i);
            if (table.type() != SYMBOLS) {
                continue;
            }
            int names = section(table.names()).offset();
            int end = table.offset() + table.size();
            for (int at = table.offset(); at < end; at += SYMBOL_BYTES) {
                if (text(names + file.getInt(at)).equals(name)) {
                    int from = section(file.getShort(at + 6)).offset();
                    int value = Math.toIntExact(file.getLong(at + 8));
                    return ints(from + value, Math.toIntExact(file.getLong(at + 16)));
                }
            }
        }
        throw new IllegalArgumentException("no " + name);
    }

    private int[] ints(int at, int bytes) {
        int[] values = new int[bytes / Integer.BYTES];
        Arrays.setAll(values, i -> file.getInt(at + i * Integer.BYTES));
        return values;
    }

    private String text(int at) {
        StringBuilder text = new StringBuilder();
        for (int i = at; file.get(i) != 0; i++) {
            text.append((char) file.get(i));
        }
        return text.toString();
    }
}
