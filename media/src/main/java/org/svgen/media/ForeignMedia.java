package org.svgen.media;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.svgen.files.Impostor;

/** Files that people take for pictures, or that are pictures of formats which are not read. */
enum ForeignMedia {
    AVIF("an AVIF picture", Advice.CONVERT, "????ftypavif", "????ftypavis"),
    HEIC(
            "a HEIC picture",
            Advice.CONVERT,
            "????ftyphei",
            "????ftyphev",
            "????ftypmif1",
            "????ftypmsf1"),
    RAW(
            "a camera's raw data",
            Advice.DEVELOP,
            "????ftypcrx",
            "II*\0????CR",
            "FUJIFILMCCD-RAW",
            "IIU\0",
            "IIRO",
            "IIRS",
            "MMOR",
            "FOVb",
            "\0MRM"),
    JPEG_2000("a JPEG 2000 picture", Advice.CONVERT, "\0\0\0\fjP  ", "\u00ff\u004f\u00ff\u0051"),
    JPEG_XL("a JPEG XL picture", Advice.CONVERT, "\u00ff\n", "\0\0\0\fJXL "),
    VIDEO(
            "a video",
            Advice.FRAME,
            "????ftyp",
            "????moov",
            "????mdat",
            "????wide",
            "\u001a\u0045\u00df\u00a3",
            "RIFF????AVI ",
            "\0\0\1\u00ba",
            "\0\0\1\u00b3",
            "FLV\1",
            "OggS",
            "\u0030\u0026\u00b2\u0075\u008e\u0066\u00cf\u0011"),
    SOUND("sound", Advice.NONE, "RIFF????WAVE", "ID3", "fLaC"),
    PHOTOSHOP("a Photoshop document", Advice.CONVERT, "8BPS"),
    PDF("a PDF document", Advice.CONVERT, "%PDF", "\u00ef\u00bb\u00bf%PDF"),
    POSTSCRIPT("a PostScript document", Advice.CONVERT, "%!PS", "\u00c5\u00d0\u00d3\u00c6"),
    BIG_TIFF("a BigTIFF picture", Advice.CONVERT, "II+\0", "MM\0+"),
    NETPBM(
            "a Netpbm picture",
            Advice.CONVERT,
            "P1\n",
            "P2\n",
            "P3\n",
            "P4\n",
            "P5\n",
            "P6\n",
            "P7\n"),
    RADIANCE("a Radiance picture", Advice.CONVERT, "#?RADIANCE", "#?RGBE"),
    OPEN_EXR("an OpenEXR picture", Advice.CONVERT, "v/1\1"),
    ICON("an icon", Advice.CONVERT, "\0\0\1\0", "\0\0\2\0", "icns"),
    QOI("a QOI picture", Advice.CONVERT, "qoif"),
    DDS("a DDS picture", Advice.CONVERT, "DDS "),
    GIMP("a GIMP document", Advice.CONVERT, "gimp xcf"),
    DJVU("a DjVu document", Advice.CONVERT, "AT&TFORM"),
    ARCHIVE(
            "an archive",
            "unpack it first",
            "PK\3\4",
            "\u001f\u008b",
            "7z\u00bc\u00af\u0027\u001c",
            "Rar!",
            "BZh",
            "\u00fd7zXZ",
            "\u0028\u00b5\u002f\u00fd");

    /** What to do, in few words. */
    private static final class Advice {
        static final String CONVERT = "convert it to PNG or JPEG first";
        static final String DEVELOP = "develop it to PNG or JPEG first";
        static final String FRAME =
                "take one of its frames (ffmpeg -i VIDEO -frames:v 1 frame.png)";
        static final String NONE = "";
    }

    private static final Pattern SVG =
            Pattern.compile("\\A(?:\u00ef\u00bb\u00bf)?\\s*(?=<)[\\s\\S]*<svg");

    private final String words;
    private final String advice;
    private final String[] beginnings;

    ForeignMedia(String words, String advice, String... beginnings) {
        this.words = words;
        this.advice = advice;
        this.beginnings = beginnings;
    }

    /** What {@code file} is, and what to do about it: "an AVIF picture: convert it ...". */
    static String describe(MemorySegment file) {
        if (file.byteSize() == 0) {
            return "an empty file";
        }
        String head = head(file);
        return known(head)
                .map(ForeignMedia::line)
                .or(() -> impostor(head.getBytes(ISO_8859_1), "picture"))
                .orElseGet(() -> text(head));
    }

    /**
     * What is taken for a file of some kind and is none of any.
     *
     * @param what picture, or video
     */
    static Optional<String> impostor(byte[] file, String what) {
        return Impostor.of(file)
                .flatMap(impostor ->
                        switch (impostor) {
                            case LFS_POINTER ->
                                    Optional.of(
                                            "a Git LFS pointer, not the %s itself: fetch it with \"git lfs pull\" where it comes from");
                            case WEB_PAGE ->
                                    Optional.of(
                                            "a web page, not the %s itself: download the %1$s that it shows");
                            case XML -> Optional.<String>empty();
                        })
                .map(words -> words.formatted(what));
    }

    private static String head(MemorySegment file) {
        return Metadata.text(file.asSlice(0, Math.min(Impostor.HEAD_BYTES, file.byteSize())));
    }

    /** True if {@code file} begins so. */
    boolean is(MemorySegment file) {
        return begins(head(file));
    }

    private boolean begins(String head) {
        return Stream.of(beginnings).anyMatch(b -> Beginning.matches(b, head));
    }

    private static Optional<ForeignMedia> known(String head) {
        boolean avif = Beginning.matches("????ftyp", head) && brands(head).contains("avif");
        return Stream.of(values())
                .filter(f -> f.begins(head))
                .findFirst()
                .map(f -> avif ? AVIF : f);
    }

    /** The words, and what to do. */
    String line() {
        return advice.isEmpty() ? words : words + ": " + advice;
    }

    /** The brands in ISO media's first box: HEIC and AVIF share the general ones. */
    private static String brands(String head) {
        int size = head.charAt(2) << 8 | head.charAt(3);
        return head.substring(8, Math.clamp(size, 8, head.length()));
    }

    private static String text(String head) {
        String low = head.toLowerCase(Locale.ROOT);
        if (SVG.matcher(low).find()) {
            return "an SVG drawing: " + Advice.CONVERT;
        }
        boolean text = head.chars().noneMatch(c -> c < ' ' && "\t\n\r\f".indexOf(c) < 0);
        return text ? "text" : "another kind of file";
    }
}
