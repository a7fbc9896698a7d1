package org.svgen.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where the names of points go, so that none lies on another name or point: beside the point, above
 * or below it, further away if need be. Units are pixels; y goes up.
 */
final class LabelPlaces {
    private static final double LETTER = 6.3;
    private static final double LINE = 14;
    private static final double POINT = 8;
    private static final double[] DISTANCES = {POINT + 2, 16, 24, 34, 46};
    private static final double[][] DIRECTIONS = {
        {1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}
    };

    /**
     * A place.
     *
     * @param align of Lets-Plot: left, middle, right
     */
    record Place(double x, double y, String align) {}

    private record Box(double left, double bottom, double right, double top) {
        boolean meets(Box other) {
            return left < other.right
                    && other.left < right
                    && bottom < other.top
                    && other.bottom < top;
        }

        boolean within(double width, double height) {
            return left >= 0 && bottom >= 0 && right <= width && top <= height;
        }
    }

    private final double width;
    private final double height;
    private final List<Box> taken = new ArrayList<>();
    private final List<Box> lines = new ArrayList<>();

    LabelPlaces(double width, double height) {
        this.width = width;
        this.height = height;
    }

    /** Keeps names away from here. */
    void point(double x, double y) {
        taken.add(new Box(x - POINT, y - POINT, x + POINT, y + POINT));
    }

    /** Of a line that goes up and down, such as an error bar. */
    void bar(double x, double bottom, double top) {
        lines.add(new Box(x - 2, bottom, x + 2, top));
    }

    /** Keeps names off a straight line. */
    void line(double x, double y, double toX, double toY) {
        int pieces = 1 + (int) (Math.hypot(toX - x, toY - y) / 4);
        for (int i = 0; i <= pieces; i++) {
            double atX = x + (toX - x) * i / pieces;
            double atY = y + (toY - y) * i / pieces;
            lines.add(new Box(atX - 1, atY - 1, atX + 1, atY + 1));
        }
    }

    /**
     * The first free place, the nearest first. Where there is none, lines may be crossed; where
     * names and points leave no room either, it is the first within the plot.
     */
    Place of(double x, double y, String name) {
        double length = name.length() * LETTER;
        return free(x, y, length, box -> clear(box, taken) && clear(box, lines))
                .or(() -> free(x, y, length, box -> clear(box, taken)))
                .or(() -> free(x, y, length, box -> true))
                .orElse(new Place(x, y + LINE, "middle"));
    }

    private Optional<Place> free(double x, double y, double length, Predicate<Box> clear) {
        for (double distance : DISTANCES) {
            for (double[] direction : DIRECTIONS) {
                Box box = box(x, y, length, direction, distance);
                if (box.within(width, height) && clear.test(box)) {
                    taken.add(box);
                    return Optional.of(place(box, direction));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean clear(Box box, List<Box> others) {
        return others.stream().noneMatch(box::meets);
    }

    private static Box box(double x, double y, double length, double[] direction, double away) {
        double middle = y + direction[1] * (away + LINE / 4);
        double left =
                direction[0] > 0 ? x + away : direction[0] < 0 ? x - away - length : x - length / 2;
        return new Box(left, middle - LINE / 2, left + length, middle + LINE / 2);
    }

    private static Place place(Box box, double[] direction) {
        double y = (box.bottom + box.top) / 2;
        return direction[0] > 0
                ? new Place(box.left, y, "left")
                : direction[0] < 0
                        ? new Place(box.right, y, "right")
                        : new Place((box.left + box.right) / 2, y, "middle");
    }
}
