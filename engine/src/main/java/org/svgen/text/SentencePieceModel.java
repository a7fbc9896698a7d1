package org.svgen.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.svgen.text.ProtoReader.Malformed;

/**
 * What we need to know of a {@code spiece.model} (protobuf {@code sentencepiece.ModelProto}) before
 * the native library gets it: that it is sound, and which pieces it has.
 *
 * @param pieces by id
 */
record SentencePieceModel(List<String> pieces) {
    private static final int UNIGRAM = 1;
    private static final int USER_DEFINED = 4;
    private static final int LAST_TYPE = 6;

    /** The library builds its tries recursively, one level a byte. */
    private static final int MAX_PIECE_BYTES = 1024;

    /** The library collects at most this many user-defined pieces that begin alike. */
    private static final int MAX_USER_PIECE_BYTES = 64;

    /**
     * @throws Malformed if the library could not handle the model
     */
    static SentencePieceModel parse(byte[] model) {
        List<String> pieces = new ArrayList<>();
        ProtoReader reader = new ProtoReader(ByteBuffer.wrap(model));
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> pieces.add(piece(reader.bytesValue(), pieces.size()));
                case 2 -> checkTrainer(reader.bytesValue());
                case 3, 5 -> checkNormalizer(reader.bytesValue());
                default -> {}
            }
        }
        if (pieces.isEmpty()) {
            throw new Malformed("no pieces");
        }
        return new SentencePieceModel(pieces);
    }

    /** The id of {@code piece}. */
    int id(String piece) {
        int id = pieces.indexOf(piece);
        if (id < 0) {
            throw new Malformed("no piece " + piece);
        }
        return id;
    }

    private static String piece(ByteBuffer message, int id) {
        ProtoReader reader = new ProtoReader(message);
        ByteBuffer text = ByteBuffer.allocate(0);
        float score = 0;
        long type = 1;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> text = reader.bytesValue();
                case 2 -> score = reader.floatValue();
                case 3 -> type = reader.varintValue();
                default -> {}
            }
        }
        int longest = type == USER_DEFINED ? MAX_USER_PIECE_BYTES : MAX_PIECE_BYTES;
        if (!text.hasRemaining() || text.remaining() > longest) {
            throw new Malformed("piece %d has %d bytes".formatted(id, text.remaining()));
        }
        if (!Float.isFinite(score) || type < 1 || type > LAST_TYPE) {
            throw new Malformed("piece %d has score %s and type %d".formatted(id, score, type));
        }
        String decoded = StandardCharsets.UTF_8.decode(text).toString();
        if (decoded.indexOf('\0') >= 0) {
            throw new Malformed("piece %d holds a zero".formatted(id));
        }
        return decoded;
    }

    private static void checkTrainer(ByteBuffer message) {
        ProtoReader reader = new ProtoReader(message);
        while (reader.next()) {
            if (reader.field() == 3 && reader.varintValue() != UNIGRAM) {
                throw new Malformed(
                        "model type %d, expected %d, Unigram"
                                .formatted(reader.varintValue(), UNIGRAM));
            }
        }
    }

    private static void checkNormalizer(ByteBuffer message) {
        ProtoReader reader = new ProtoReader(message);
        while (reader.next()) {
            if (reader.field() == 2) {
                CharacterMap.check(reader.bytesValue());
            }
        }
    }
}
