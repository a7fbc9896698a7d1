package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Download;
import org.svgen.tensor.op.AttentionPlan;

class CudaBackendTest {
    private static final String LIBRARY = "svgen.cuda.library";

    @AfterEach
    void forgetTheLibrary() {
        System.clearProperty(LIBRARY);
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

    /** Several threads read what is shared. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void copiesMoreThanThePinnedMemoryHolds(boolean shared) {
        try (Backend backend = EmulatedGpu.open();
                Arena arena = shared ? Arena.ofShared() : Arena.ofConfined()) {
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

    /** Some come through memory of their own, some are too large for that. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 3 << 20, (16 << 20) + 1})
    void whatIsOnItsWayToTheHostMayBeOverwritten(int count) {
        try (Backend backend = EmulatedGpu.open();
                Arena arena = Arena.ofConfined()) {
            Tensor host = Tensor.zeros(arena, DType.F32, count);
            host.host().setAtIndex(ValueLayout.JAVA_FLOAT, count - 1, 3);
            Tensor there = backend.upload(host);
            Tensor back = Tensor.zeros(arena, DType.F32, count);
            Download download = backend.beginDownload(there, back);
            backend.ops().fill(1, there);
            download.await();
            assertThat(back.host().mismatch(host.host())).isEqualTo(-1);
        }
    }

    @Test
    void oneDownloadIsOnItsWayAtATime() {
        try (Backend backend = EmulatedGpu.open();
                Arena arena = Arena.ofConfined()) {
            Tensor there = backend.upload(Tensor.zeros(arena, DType.F32, 5));
            backend.ops().fill(2, there);
            Tensor back = Tensor.zeros(arena, DType.F32, 5);
            Download given = backend.beginDownload(there, Tensor.zeros(arena, DType.F32, 5));
            Download next = backend.beginDownload(there, back);
            assertThatThrownBy(given::await)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("another download has begun");
            next.await();
            assertThat(back.toFloats()).containsOnly(2);
        }
    }
}
