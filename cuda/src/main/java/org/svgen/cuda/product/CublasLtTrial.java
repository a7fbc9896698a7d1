package org.svgen.cuda.product;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.svgen.cuda.ffi.CublasLtException;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/** Measures the library's matrix product against ours, on the GPU at hand. */
public final class CublasLtTrial {
    /** Of the product that is measured. */
    public record Size(int m, int n, int k) {
        /** As models have them. */
        public static final Size USUAL = new Size(4096, 3072, 3072);
    }

    private static final int LAUNCHES = 10;

    /** Elements that are drawn; the operands repeat them. */
    private static final int DRAWN_ELEMENTS = 1 << 18;

    private final Gpu gpu;
    private final Size size;

    CublasLtTrial(Gpu gpu, Size size) {
        this.gpu = gpu;
        this.size = size;
    }

    /** Our time divided by the library's, as {@link CublasLtRace} defines it. */
    double speedOfLibrary(CublasLtGemm library, Kernels<Product> ours) {
        long left = 2L * size.m * size.k;
        long right = 2L * size.n * size.k;
        long bytes = left + right + 2L * size.m * size.n;
        try (Scratch scratch = gpu.scratch(bytes)) {
            DeviceStorage memory = new DeviceStorage(scratch.address(), bytes);
            fill(scratch.address(), left + right);
            Tensor x = new Tensor(DType.BF16, Shape.of(size.m, size.k), memory, 0);
            Tensor weight = new Tensor(DType.BF16, Shape.of(size.n, size.k), memory, left);
            Tensor out = new Tensor(DType.BF16, Shape.of(size.m, size.n), memory, left + right);
            Product product = new Product(x, weight, out);
            if (!library.has(product)) {
                throw new CublasLtException("no algorithm for a product of " + size);
            }
            return new CublasLtRace(System::nanoTime)
                    .speedOfLibrary(
                            launches(() -> ours.run(product)),
                            launches(() -> library.run(product)));
        }
    }

    private Runnable launches(Runnable product) {
        return () -> {
            for (int i = 0; i < LAUNCHES; i++) {
                product.run();
            }
            gpu.synchronize();
        };
    }

    /** With numbers of both signs, 0.5 to 2: zeros would take less power, and so less time. */
    private void fill(long address, long bytes) {
        SplittableRandom random = new SplittableRandom(1);
        long done = Math.min(bytes, 2L * DRAWN_ELEMENTS);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment drawn = arena.allocate(done, 2);
            for (long at = 0; at < done; at += 2) {
                drawn.set(
                        ValueLayout.JAVA_SHORT, at, (short) (0x3f00 | (random.nextInt() & 0x80ff)));
            }
            gpu.staging().toDevice(drawn, address);
        }
        for (; done < bytes; done += Math.min(done, bytes - done)) {
            gpu.driver()
                    .copyOnDevice(
                            address + done, address, Math.min(done, bytes - done), gpu.stream());
        }
    }
}
