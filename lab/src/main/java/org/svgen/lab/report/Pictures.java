package org.svgen.lab.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * The pictures of a page, within a number of bytes. As long as there is room, a picture is its PNG
 * file as it is. Where there is not, large ones become JPEG, and smaller if need be.
 */
final class Pictures {
    /** In a page they take a third more, and shall leave it below 20 MB. */
    static final long BUDGET = 13_500_000;

    private static final float QUALITY = 0.9f;
    private static final double[] SCALES = {1, 0.75, 0.5, 0.35, 0.25, 0.15};

    private final Map<String, Embedded> embedded = new HashMap<>();

    /**
     * Reads them.
     *
     * @param folder of the study
     * @param names of PNG files in it; one that cannot be read is left out
     * @param budget bytes of all
     */
    static Pictures read(Path folder, Collection<String> names, long budget) {
        Pictures pictures = new Pictures();
        Map<String, byte[]> files = new HashMap<>();
        for (String name : names) {
            try {
                files.put(name, Files.readAllBytes(folder.resolve(name)));
            } catch (IOException e) {
                // The page says where a picture is missing.
            }
        }
        List<Map.Entry<String, byte[]>> smallest = new ArrayList<>(files.entrySet());
        smallest.sort(
                Comparator.<Map.Entry<String, byte[]>>comparingInt(file -> file.getValue().length)
                        .thenComparing(Map.Entry::getKey));
        long left = budget;
        for (int i = 0; i < smallest.size(); i++) {
            long share = left / (smallest.size() - i);
            left -= pictures.embed(smallest.get(i).getKey(), smallest.get(i).getValue(), share);
        }
        return pictures;
    }

    /** {@return bytes that it takes} */
    private int embed(String name, byte[] png, long share) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
            if (image == null) {
                return 0;
            }
            boolean reduced = png.length > share;
            byte[] bytes = reduced ? jpeg(image, share) : png;
            String uri =
                    "data:image/"
                            + (reduced ? "jpeg" : "png")
                            + ";base64,"
                            + Base64.getEncoder().encodeToString(bytes);
            embedded.put(name, new Embedded(uri, image.getWidth(), image.getHeight(), reduced));
            return bytes.length;
        } catch (IOException e) {
            // No picture, whatever its name says.
            return 0;
        }
    }

    private static byte[] jpeg(BufferedImage image, long share) throws IOException {
        byte[] bytes = {};
        for (double scale : SCALES) {
            bytes = jpeg(scaled(image, scale));
            if (bytes.length <= share) {
                break;
            }
        }
        return bytes;
    }

    private static BufferedImage scaled(BufferedImage image, double scale) {
        int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
        int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
        BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = out.createGraphics();
        canvas.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        canvas.drawImage(image, 0, 0, width, height, null);
        canvas.dispose();
        return out;
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    Optional<Embedded> of(String name) {
        return Optional.ofNullable(embedded.get(name));
    }

    boolean anyReduced() {
        return embedded.values().stream().anyMatch(Embedded::reduced);
    }

    /** {@return those that could not be read} */
    Set<String> missing(Collection<String> names) {
        Set<String> missing = new LinkedHashSet<>(names);
        missing.removeAll(embedded.keySet());
        return missing;
    }
}
