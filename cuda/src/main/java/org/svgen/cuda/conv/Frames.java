package org.svgen.cuda.conv;

import java.util.List;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.tensor.Tensor;

/**
 * Frames in device memory whose pixels need not lie side by side.
 *
 * @param pixel bytes from a pixel to the next
 */
record Frames(
        long address,
        int frames,
        int height,
        int width,
        int channels,
        long pixel,
        long line,
        long frame) {
    static Frames of(Tensor t) { // [T, H, W, C]
        long pixel = (long) t.size(3) * Short.BYTES;
        long line = pixel * t.size(2);
        return new Frames(
                DeviceStorage.address(t),
                t.size(0),
                t.size(1),
                t.size(2),
                t.size(3),
                pixel,
                line,
                line * t.size(1));
    }

    /** In boxes of {@code channels} of {@code width} by {@code height} pixels. */
    TensorMap map(int boxChannels, int boxWidth, int boxHeight) {
        return new TensorMap(
                TensorMap.Type.BF16,
                address,
                List.of((long) channels, (long) width, (long) height, (long) frames),
                List.of(pixel, line, frame),
                List.of(boxChannels, boxWidth, boxHeight, 1),
                TensorMap.Swizzle.BYTES_128);
    }
}
