package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.svgen.cuda.ffi.CudaException;
import org.svgen.tensor.AttentionPlan;
import org.svgen.tensor.Backend;
import org.svgen.tensor.BackendProvider;
import org.svgen.tensor.Backends;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;

class CudaBackendTest {
    private static final String LIBRARY = "svgen.cuda.library";

    @AfterEach
    void forgetTheLibrary() {
        System.clearProperty(LIBRARY);
    }

    private static Optional<String> unavailable() {
        return Backends.all().stream()
                .filter(provider -> provider.kind().equals("cuda"))
                .map(BackendProvider::unavailable)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysThatThereIsNoDriver() {
        System.setProperty(LIBRARY, "libcuda-of-nobody.so.1");
        assertThat(unavailable()).hasValue("no NVIDIA driver found here (libcuda-of-nobody.so.1)");
        assertThatThrownBy(() -> Backends.open("cuda", note -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "--device cuda cannot be used: no NVIDIA driver found here (libcuda-of-nobody.so.1)");
    }

    @Test
    void saysThatTheDriverIsTooOld() throws Throwable {
        System.setProperty(LIBRARY, EmulatedGpu.library());
        setEnvironment("SVGEN_EMULATED_DRIVER", "12040");
        try {
            assertThat(unavailable())
                    .hasValue(
                            "the NVIDIA driver is too old: it serves CUDA 12.4, expected 13.0 or later (driver 580 or later)");
        } finally {
            setEnvironment("SVGEN_EMULATED_DRIVER", "13000");
        }
    }

    /** The C library's environment, which the JVM's does not share. */
    private static void setEnvironment(String name, String value) throws Throwable {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    (int)
                            linker.downcallHandle(
                                            linker.defaultLookup().find("setenv").orElseThrow(),
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.JAVA_INT))
                                    .invokeExact(
                                            arena.allocateFrom(name), arena.allocateFrom(value), 1);
            assertThat(result).isZero();
        }
    }

    @Test
    void opensTheGpuByNameAndIndex() {
        System.setProperty(LIBRARY, EmulatedGpu.library());
        try (Backend backend = Backends.open("cuda:0", note -> {})) {
            assertThat(backend.name()).isEqualTo("cuda:0");
            assertThat(backend.description())
                    .contains("Emulated GPU")
                    .contains("compute capability 8.0")
                    .contains("kernels for sm_80");
        }
        assertThatThrownBy(() -> Backends.open("cuda:3", note -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("cuda:3")
                .hasMessageContaining("below 1");
    }

    @Test
    void saysForWhatMemoryWasNotEnoughAndHowMuchIsFree() {
        try (Backend backend = EmulatedGpu.open()) {
            assertThatThrownBy(() -> backend.allocate(3L << 30))
                    .isInstanceOf(CudaException.class)
                    .hasMessage(
                            "CUDA_ERROR_OUT_OF_MEMORY in cuMemAllocAsync of 3.0 GiB for a run's workspace; 1.0 of 2.0 GiB are free");
        }
    }

    @Test
    void countsLiveAndPeakBytes() {
        try (Backend backend = EmulatedGpu.open();
                Arena arena = Arena.ofConfined()) {
            Storage a = backend.allocate(1000);
            Storage b = backend.allocate(500);
            backend.release(a);
            backend.allocate(100);
            Tensor weight = backend.upload(Tensor.zeros(arena, DType.F32, 1000));
            assertThat(backend.memory()).isEqualTo(new Backend.Memory(4600, 4600));
            backend.release(weight.storage());
            assertThat(backend.memory()).isEqualTo(new Backend.Memory(600, 4600));
            backend.release(b);
            assertThatThrownBy(() -> backend.release(b))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** The limit of a kernel's shared memory sank with the last head dimension that was new. */
    @Test
    void attendsToLongHeadsAfterShortOnes() {
        try (Backend backend = EmulatedGpu.open();
                Arena arena = Arena.ofConfined()) {
            for (int d : new int[] {128, 8, 128}) {
                Tensor x = backend.upload(Tensor.zeros(arena, DType.F32, 1, 1, 3, d));
                Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, 1, 3, 1, d));
                backend.ops().attention(x, x, x, AttentionPlan.dense(3, 3), null, 1, out);
            }
        }
    }

    @Test
    void copiesMoreThanThePinnedMemoryHolds() {
        try (Backend backend = EmulatedGpu.open();
                Arena arena = Arena.ofConfined()) {
            byte[] bytes = new byte[(37 << 20) + 5];
            new Random(1).nextBytes(bytes);
            MemorySegment content = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, content, ValueLayout.JAVA_BYTE, 0, bytes.length);
            Tensor there = backend.upload(Tensor.of(DType.U8, content, bytes.length));
            Tensor back = Tensor.zeros(arena, DType.U8, bytes.length);
            backend.download(there, back);
            assertThat(back.host().mismatch(content)).isEqualTo(-1);
        }
    }
}
