package org.svgen.resume;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.tensor.Tensor;
import tools.jackson.databind.json.JsonMapper;

/**
 * The header of a checkpoint, which is that of a safetensors file: its free texts are a checksum of
 * all bytes behind the header's length, what the checkpoint is, and the values that are no tensors.
 *
 * @param json as it stands in the file, with zeros in place of the checksum's letters
 */
record Header(byte[] json) {
    static final String CHECKSUM = "crc32c";
    static final String INFO = "svgen_checkpoint";
    static final String STATE = "svgen_state";

    private static final int ALIGNMENT = 8;
    private static final JsonMapper MAPPER = new JsonMapper();

    static Header of(
            CheckpointInfo info,
            Map<String, Object> values,
            List<Map.Entry<String, Tensor>> ordered) {
        Map<String, Object> texts = new LinkedHashMap<>();
        texts.put(CHECKSUM, "0".repeat(Checksum.LETTERS));
        texts.put(INFO, MAPPER.writeValueAsString(info));
        texts.put(STATE, MAPPER.writeValueAsString(values));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("__metadata__", texts);
        long at = 0;
        for (Map.Entry<String, Tensor> e : ordered) {
            Tensor tensor = e.getValue();
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", tensor.dtype().name());
            entry.put("shape", tensor.shape().dims());
            entry.put("data_offsets", new long[] {at, at + tensor.bytes()});
            root.put(e.getKey(), entry);
            at += tensor.bytes();
        }
        byte[] json = MAPPER.writeValueAsBytes(root);
        byte[] padded = Arrays.copyOf(json, Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return new Header(padded);
    }

    /** As it was before it was signed, of the bytes that a file begins with. */
    static Header unsigned(byte[] json) {
        Header header = new Header(json);
        int at = header.place();
        if (at >= 0) {
            Arrays.fill(json, at, at + Checksum.LETTERS, (byte) '0');
        }
        return header;
    }

    /** With the length that stands before it. */
    long bytes() {
        return Long.BYTES + json.length;
    }

    /** A sum that has seen the header, and goes on with the tensors. */
    Checksum begin() {
        Checksum sum = new Checksum();
        sum.add(ByteBuffer.wrap(json));
        return sum;
    }

    /** The beginning of the file, with its checksum. */
    ByteBuffer signed(Checksum sum) {
        byte[] letters = sum.text().getBytes(StandardCharsets.US_ASCII);
        byte[] signed = json.clone();
        System.arraycopy(letters, 0, signed, place(), letters.length);
        return ByteBuffer.allocate(Long.BYTES + signed.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(signed.length)
                .put(signed)
                .flip();
    }

    /** Where the letters of the checksum are; -1 where there is no room for them. */
    private int place() {
        String key = '"' + CHECKSUM + "\":\"";
        int at = new String(json, StandardCharsets.ISO_8859_1).indexOf(key);
        int from = at + key.length();
        return at < 0 || from + Checksum.LETTERS > json.length ? -1 : from;
    }
}
