package org.svgen.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.svgen.files.Place;
import org.svgen.files.Staged;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;

/** An animated GIF that loops: one palette for the whole clip, so that colours do not flicker. */
record GifWriter(Path out) implements VideoWriter {
    /** Delays are whole hundredths of a second, and viewers take 1 for a mistake. */
    private static final int MAX_FPS = 50;

    private static final String IMAGE_FORMAT = "javax_imageio_gif_image_1.0";

    @Override
    public void check(int width, int height) {
        Staged.checkFile(out);
    }

    @Override
    public Path write(Clip clip, Map<String, String> metadata, StepListener listener) {
        check(clip.width(), clip.height());
        if (clip.fps() > MAX_FPS) {
            listener.note(
                    "a GIF plays at %d frames per second at most, in most viewers"
                            .formatted(MAX_FPS));
        }
        Palette palette = new Palette();
        for (int i = 0; i < clip.count(); i++) {
            palette.add(clip.rgb(i));
        }
        palette.choose();
        return Staged.write(
                new Place.Named(out),
                temporary -> {
                    encode(temporary, clip, palette, metadata, listener);
                    ReadBack.gif(temporary, clip.count(), clip.width(), clip.height());
                });
    }

    private static void encode(
            Path file,
            Clip clip,
            Palette palette,
            Map<String, String> metadata,
            StepListener listener)
            throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(file.toFile())) {
            BufferedImage image =
                    new BufferedImage(
                            clip.width(),
                            clip.height(),
                            BufferedImage.TYPE_BYTE_INDEXED,
                            palette.model());
            ImageTypeSpecifier type = ImageTypeSpecifier.createFromRenderedImage(image);
            writer.setOutput(stream);
            writer.prepareWriteSequence(writer.getDefaultStreamMetadata(null));
            for (int i = 0; i < clip.count(); i++) {
                listener.progress(Stage.WRITE, i, clip.count());
                if (listener.cancelled()) {
                    throw new CancelledException();
                }
                byte[] indices = palette.indices(clip.rgb(i));
                image.getRaster().setDataElements(0, 0, clip.width(), clip.height(), indices);
                IIOMetadata about = writer.getDefaultImageMetadata(type, null);
                String comment = i == 0 ? metadata.getOrDefault("comment", "") : "";
                about.mergeTree(IMAGE_FORMAT, about(delay(i, clip.fps()), i == 0, comment));
                writer.writeToSequence(new IIOImage(image, null, about), null);
            }
            writer.endWriteSequence();
            listener.progress(Stage.WRITE, clip.count(), clip.count());
        } finally {
            writer.dispose();
        }
    }

    /** Hundredths of a second that frame {@code i} stays; rounding errors do not add up. */
    static int delay(int i, double fps) {
        return Math.toIntExact(Math.round((i + 1) * 100 / fps) - Math.round(i * 100 / fps));
    }

    private static IIOMetadataNode about(int delay, boolean first, String comment) {
        IIOMetadataNode root = new IIOMetadataNode(IMAGE_FORMAT);
        IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
        control.setAttribute("disposalMethod", "none");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "FALSE");
        control.setAttribute("transparentColorIndex", "0");
        control.setAttribute("delayTime", Integer.toString(delay));
        root.appendChild(control);
        if (first) {
            IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
            loop.setAttribute("applicationID", "NETSCAPE");
            loop.setAttribute("authenticationCode", "2.0");
            loop.setUserObject(new byte[] {1, 0, 0}); // Forever.
            IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
            extensions.appendChild(loop);
            root.appendChild(extensions);
        }
        if (!comment.isEmpty()) {
            IIOMetadataNode text = new IIOMetadataNode("CommentExtension");
            // The writer keeps the low byte of each character: give it UTF-8 that way.
            byte[] utf8 = comment.getBytes(StandardCharsets.UTF_8);
            text.setAttribute("value", new String(utf8, StandardCharsets.ISO_8859_1));
            IIOMetadataNode comments = new IIOMetadataNode("CommentExtensions");
            comments.appendChild(text);
            root.appendChild(comments);
        }
        return root;
    }
}
