package org.svgen.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Width, height and frames of the video. */
final class SizeOption {
    private static final Pattern VIDEO = Pattern.compile("(\\d{1,5})x(\\d{1,5})x(\\d{1,5})");

    @Option(
            names = "--size",
            paramLabel = "WxHxFRAMES",
            description = "By default what the model is known by.")
    @Nullable String size;

    /**
     * The size that was given, or what {@code config} is known by.
     *
     * @throws BadInputException if there is neither, or the option is no size
     */
    Video of(String config) {
        Video given = given();
        Video video = given == null ? BenchConfigs.SIZES.get(config) : given;
        if (video == null) {
            throw new BadInputException("--size is missing: WIDTHxHEIGHTxFRAMES");
        }
        return video;
    }

    /**
     * The size that was given; null if none was.
     *
     * @throws BadInputException if the option is no size
     */
    @Nullable Video given() {
        if (size == null) {
            return null;
        }
        Matcher sizes = VIDEO.matcher(size);
        if (!sizes.matches()) {
            throw new BadInputException(
                    "--size: expected WIDTHxHEIGHTxFRAMES, found '%s'".formatted(size));
        }
        return new Video(
                Integer.parseInt(sizes.group(1)),
                Integer.parseInt(sizes.group(2)),
                Integer.parseInt(sizes.group(3)));
    }
}
