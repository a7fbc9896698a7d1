package org.svgen.pipeline;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;
import org.svgen.tensor.Tensor;

/**
 * Which pictures a model takes beside the prompt.
 *
 * @param first the video's first frame
 * @param last the video's last frame; never without the first
 */
public record Pictures(Use first, Use last) {
    /** Text alone. */
    public static final Pictures NONE = new Pictures(Use.REFUSED, Use.REFUSED);

    /** Always a first frame. */
    public static final Pictures FIRST = new Pictures(Use.NEEDED, Use.REFUSED);

    /** A first frame, or text alone. */
    public static final Pictures FIRST_OR_NONE = new Pictures(Use.ALLOWED, Use.REFUSED);

    /** Always a first frame, and a last one if it is given. */
    public static final Pictures FIRST_AND_PERHAPS_LAST = new Pictures(Use.NEEDED, Use.ALLOWED);

    /** Always both. */
    public static final Pictures BOTH = new Pictures(Use.NEEDED, Use.NEEDED);

    /** What a model does with a picture. */
    public enum Use {
        /** A request with it is refused. */
        REFUSED,
        /** It may be there. */
        ALLOWED,
        /** A request without it is refused. */
        NEEDED
    }

    /** Checks that nothing is null that must be there. */
    public Pictures {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
    }

    /** {@return whether no request can do without a picture} */
    public boolean needed() {
        return first == Use.NEEDED;
    }

    /**
     * Ends where there is a picture too many or too few.
     *
     * @param content what the video shows
     * @throws BadInputException naming the picture
     */
    public void require(Content content) {
        require(Fields.IMAGE, content.image(), first, "starts from a picture", noFirst());
        if (content.lastImage() != null && content.image() == null && last != Use.REFUSED) {
            throw missing(Fields.IMAGE, "a last picture goes with a first one");
        }
        require(
                Fields.LAST_IMAGE,
                content.lastImage(),
                last,
                "ends with a picture, too",
                first == Use.REFUSED ? noFirst() : "this model takes a first picture alone");
    }

    private static String noFirst() {
        return "this model starts from text alone";
    }

    private static void require(
            Field field, @Nullable Tensor found, Use use, String needs, String refuses) {
        if (found == null && use == Use.NEEDED) {
            throw missing(field, "this model " + needs);
        }
        if (found != null && use == Use.REFUSED) {
            throw BadInputException.of(
                    field, "none", "a picture", Message.of("%s: %s", field, refuses));
        }
    }

    private static BadInputException missing(Field field, String why) {
        return BadInputException.of(
                field, "a picture", "none", Message.of("%s is missing: %s", field, why));
    }
}
