package org.svgen.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Builds small tokenizer files. */
final class TinyModels {
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final List<String> PIECES =
            List.of("▁", "a", "r", "e", "d", "▁red", "▁a", "ci", "cle", "i", "c", "l", "re");

    private TinyModels() {}

    /** A Unigram {@code spiece.model} with T5's special pieces and no character map. */
    static byte[] sentencePiece() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(message(1, piece("<pad>", 0, CONTROL)));
        out.writeBytes(message(1, piece("</s>", 0, CONTROL)));
        out.writeBytes(message(1, piece("<unk>", 0, UNKNOWN)));
        for (int i = 0; i < PIECES.size(); i++) {
            out.writeBytes(message(1, piece(PIECES.get(i), -1 - i, 1)));
        }
        out.writeBytes(message(2, new byte[] {3 << 3, 1, 4 << 3, 16}));
        out.writeBytes(message(3, message(1, bytes("identity"))));
        return out.toByteArray();
    }

    /** The same pieces as a {@code tokenizer.json}. */
    static String json() {
        StringBuilder vocabulary = new StringBuilder("[\"<pad>\",0],[\"</s>\",0],[\"<unk>\",0]");
        for (int i = 0; i < PIECES.size(); i++) {
            vocabulary.append(",[\"%s\",%d]".formatted(PIECES.get(i), -1 - i));
        }
        return """
        {"version":"1.0","truncation":null,"padding":null,
         "added_tokens":[{"id":0,"content":"<pad>","single_word":false,"lstrip":false,
           "rstrip":false,"normalized":false,"special":true}],
         "normalizer":{"type":"Sequence","normalizers":[
           {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},
         "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
         "post_processor":{"type":"TemplateProcessing",
           "single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
           "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],
           "special_tokens":{"</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}},
         "decoder":null,
         "model":{"type":"Unigram","unk_id":2,"byte_fallback":false,"vocab":[%s]}}
        """
                .formatted(vocabulary);
    }

    static byte[] piece(String text, float score, int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(message(1, bytes(text)));
        out.write(2 << 3 | 5);
        out.writeBytes(
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
        out.write(3 << 3);
        out.write(type);
        return out.toByteArray();
    }

    /** A field of bytes: tag, length, content. */
    static byte[] message(int field, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(field << 3 | 2);
        int length = content.length;
        for (; length >= 0x80; length >>>= 7) {
            out.write(length & 0x7F | 0x80);
        }
        out.write(length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
