package org.svgen.checkpoint;

import java.util.List;

/**
 * Which layers of a model stay on the device and which come as they are used.
 *
 * @param streamed by layer, over all of a memory's layers
 * @param placeBytes of each of the two places to which layers come in turn
 */
public record LayerStream(List<Boolean> streamed, long placeBytes) {
    /** The places of a stream. */
    public static final int PLACES = 2;

    /** Keeps a copy of the choice. */
    public LayerStream {
        streamed = List.copyOf(streamed);
    }

    /**
     * Streams {@code count} of the layers, spread evenly, so that each has time to come.
     *
     * @param layers the layers, with their sizes
     * @param count how many
     * @return the choice
     */
    public static LayerStream of(List<WeightCount.Layer> layers, int count) {
        Boolean[] streamed = new Boolean[layers.size()];
        long place = 0;
        for (int i = 0; i < streamed.length; i++) {
            streamed[i] = (i + 1L) * count / streamed.length != (long) i * count / streamed.length;
            place = streamed[i] ? Math.max(place, layers.get(i).streamBytes()) : place;
        }
        return new LayerStream(List.of(streamed), place);
    }

    /** {@return how many layers are streamed} */
    public int count() {
        return (int) streamed.stream().filter(s -> s).count();
    }

    /**
     * {@return what the layers take of the device: those that stay and the places}
     *
     * @param layers the layers, with their sizes
     */
    public long deviceBytes(List<WeightCount.Layer> layers) {
        long bytes = PLACES * placeBytes;
        for (int i = 0; i < streamed.size(); i++) {
            bytes += streamed.get(i) ? 0 : layers.get(i).bytes();
        }
        return bytes;
    }
}
