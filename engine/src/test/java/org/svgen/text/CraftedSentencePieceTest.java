package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;

/**
 * Model files that made SentencePiece read or write where it must not, before 0.2.1 (CVE-2026-1260)
 * and after: they never come as far as the native library, whatever its version. The cases are
 * those that SentencePiece's own tests refuse since these mistakes were mended.
 */
class CraftedSentencePieceTest {
    private static final int SIZE_AT = 0;
    private static final int ROOT_AT = 4;
    private static final int VALUE_MARK = 0x8000_0000;

    /** What is done to the character map of a good model. */
    private enum Map {
        TOO_SHORT_FOR_ITS_SIZE,
        ROOT_LEADS_FAR_OUTSIDE,
        VALUES_LIE_BEHIND_THE_STRINGS,
        STRINGS_HAVE_NO_END;

        byte[] craft(byte[] good) {
            ByteBuffer map = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN);
            switch (this) {
                case TOO_SHORT_FOR_ITS_SIZE -> {
                    return new byte[] {'a', 'b', 'c'};
                }
                case ROOT_LEADS_FAR_OUTSIDE -> map.putInt(ROOT_AT, 0x8000_0000);
                case VALUES_LIE_BEHIND_THE_STRINGS -> {
                    for (int at = ROOT_AT; at < ROOT_AT + map.getInt(SIZE_AT); at += 4) {
                        if ((map.getInt(at) & VALUE_MARK) != 0) {
                            map.putInt(at, 0xFFFF_FFFF);
                        }
                    }
                }
                case STRINGS_HAVE_NO_END -> map.put(good.length - 1, (byte) 'a');
            }
            return good;
        }
    }

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void refusesACraftedCharacterMap(Map what) throws IOException {
        byte[] model = goldenModel();
        byte[] map = what.craft(characterMap(model));
        refusedWith(model, 3, TinyModels.message(2, map), "character map");
    }

    /** Nothing, less than a page, no whole number of units, more than there is. */
    @ParameterizedTest
    @CsvSource({"0", "512", "1025", "1048576", "-1"})
    void refusesACraftedSizeOfTheCharacterMap(int size) throws IOException {
        byte[] model = goldenModel();
        byte[] map = characterMap(model);
        ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).putInt(SIZE_AT, size);
        refusedWith(model, 3, TinyModels.message(2, map), "character map");
    }

    @Test
    void refusesAPieceThatIsTooLong() throws IOException {
        byte[] piece = TinyModels.piece("a".repeat(200_000), -1, 1);
        refusedWith(goldenModel(), 1, piece, "has 200000 bytes");
    }

    @Test
    void refusesAPieceThatHoldsAZero() throws IOException {
        refusedWith(goldenModel(), 1, TinyModels.piece("\0", -5, 1), "holds a zero");
    }

    /** A later field adds to an earlier one, or stands in its place, as protobuf has it. */
    private void refusedWith(byte[] model, int field, byte[] message, String reason)
            throws IOException {
        ByteArrayOutputStream crafted = new ByteArrayOutputStream();
        crafted.writeBytes(model);
        crafted.writeBytes(TinyModels.message(field, message));
        Files.write(folder.resolve("spiece.model"), crafted.toByteArray());
        assertThatThrownBy(() -> Tokenizers.open(folder))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("spiece.model: no SentencePiece model for T5")
                .hasMessageContaining(reason);
    }

    private static byte[] goldenModel() throws IOException {
        Path model = Goldens.folder("cogvideox-t2v-tiny").resolve("tokenizer/spiece.model");
        return Files.readAllBytes(model);
    }

    private static byte[] characterMap(byte[] model) {
        ProtoReader outer = new ProtoReader(ByteBuffer.wrap(model));
        while (outer.next()) {
            if (outer.field() == 3) {
                ProtoReader inner = new ProtoReader(outer.bytesValue());
                while (inner.next()) {
                    if (inner.field() == 2) {
                        byte[] map = new byte[inner.bytesValue().remaining()];
                        inner.bytesValue().get(map);
                        return map;
                    }
                }
            }
        }
        throw new AssertionError("no character map");
    }
}
