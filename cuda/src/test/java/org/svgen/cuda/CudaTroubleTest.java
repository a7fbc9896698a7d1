package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.cuda.ffi.CudaException;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.BackendProvider;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Workspace;

/** A GPU that is not there, unfit, full or lost is said in one line. */
class CudaTroubleTest {
    private static final String LIBRARY = "svgen.cuda.library";

    @AfterEach
    void haveAGoodGpuAgain() {
        System.clearProperty(LIBRARY);
        EmulatedGpu.set("SVGEN_EMULATED_DRIVER", 13000);
        EmulatedGpu.set("SVGEN_EMULATED_START", 0);
        EmulatedGpu.set("SVGEN_EMULATED_CAPABILITY", 80);
        EmulatedGpu.set("SVGEN_EMULATED_FAULT", 0);
    }

    private static BackendProvider cuda() {
        return Backends.all().stream()
                .filter(provider -> provider.kind().equals("cuda"))
                .findFirst()
                .orElseThrow();
    }

    private static void emulate(String variable, int value) {
        System.setProperty(LIBRARY, EmulatedGpu.library());
        EmulatedGpu.set(variable, value);
    }

    @Test
    void noDriver() {
        System.setProperty(LIBRARY, "libcuda-of-nobody.so.1");
        assertThat(cuda().unavailable())
                .hasValue("no NVIDIA driver found here (libcuda-of-nobody.so.1)");
        assertThatThrownBy(() -> Backends.open("cuda", note -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "device cuda cannot be used: no NVIDIA driver found here (libcuda-of-nobody.so.1)");
    }

    @Test
    void aMachineWithoutDriverIsNotToldSoUnasked() {
        System.setProperty(LIBRARY, "libcuda-of-nobody.so.1");
        assertThat(cuda().present()).isFalse();
        emulate("SVGEN_EMULATED_DRIVER", 12040);
        assertThat(cuda().present()).as("a driver that is too old is told").isTrue();
        assertThatThrownBy(() -> Backends.open("auto", note -> {}))
                .as("there is no other backend in this module")
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the NVIDIA driver is too old");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SVGEN_EMULATED_DRIVER | 12040 | the NVIDIA driver is too old: it serves CUDA 12.4, expected 13.0 or later (driver 580 or later)
                    SVGEN_EMULATED_DRIVER | 0     | is not a working NVIDIA driver: it gives no version
                    SVGEN_EMULATED_START  | 100   | the NVIDIA driver does not start: CUDA_ERROR_NO_DEVICE
                    SVGEN_EMULATED_CAPABILITY | 75 | GPU 0 is Emulated GPU, compute capability 7.5, 2 multiprocessors, 16.0 GiB, expected compute capability 8.0 or higher
                    """)
    void aDriverOrGpuThatIsUnfit(String variable, int value, String reason) {
        emulate(variable, value);
        assertThat(cuda().unavailable()).hasValueSatisfying(r -> assertThat(r).endsWith(reason));
        assertThat(cuda().findings()).isNotEmpty();
        assertThatThrownBy(() -> Backends.open("cuda", note -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith(reason);
    }

    /** To start it and to link its functions takes a while. */
    @Test
    void aProviderStartsTheDriverOnce() {
        emulate("SVGEN_EMULATED_START", 0);
        BackendProvider provider = cuda();
        assertThat(provider.unavailable()).isEmpty();
        EmulatedGpu.set("SVGEN_EMULATED_START", 100);
        assertThat(provider.unavailable()).isEmpty();
        assertThat(provider.findings()).containsKey("gpu 0");
    }

    /** Among others of a generation that came after this program. */
    @ParameterizedTest
    @CsvSource({"100, compute_80", "135, compute_80", "90, sm_90a", "89, sm_89", "86, sm_80"})
    void anArchitectureWithoutKernelsOfItsOwnTakesThePortableOnesAndSaysSo(
            int capability, String arch) {
        emulate("SVGEN_EMULATED_CAPABILITY", capability);
        assertThat(cuda().unavailable()).isEqualTo(Optional.empty());
        String told = arch.equals(KernelNames.PORTABLE) ? ", which the driver compiles" : "";
        assertThat(cuda().findings().get("kernels 0")).startsWith(arch + told);
        try (Backend backend = Backends.open("cuda", note -> {})) {
            assertThat(backend.description()).contains("kernels for " + arch + told);
        }
    }

    @Test
    void tooLittleMemorySaysForWhatAndHowMuchIsFree() {
        try (Backend backend = EmulatedGpu.open()) {
            assertThatThrownBy(() -> backend.allocate(3L << 30))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessage(
                            "CUDA_ERROR_OUT_OF_MEMORY in cuMemAllocAsync of 3.0 GiB for a run's workspace; 8.0 of 16.0 GiB are free");
        }
    }

    /** Closing fails too then, and must not hide why. */
    @Test
    void aGpuThatIsLostInMidRunIsTheErrorThatArrives() {
        assertThatThrownBy(
                        () -> {
                            try (Backend backend = EmulatedGpu.open();
                                    Workspace workspace = new Workspace(backend, 1024)) {
                                var x = workspace.allocate(DType.F32, 100);
                                backend.ops().fill(1, x);
                                EmulatedGpu.set("SVGEN_EMULATED_FAULT", 719);
                                backend.ops().fill(2, x);
                            }
                        })
                .isInstanceOf(CudaException.class)
                .matches(e -> ((CudaException) e).lost())
                .message()
                .hasLineCount(1)
                .startsWith("the GPU stopped working, start again: CUDA_ERROR_LAUNCH_FAILED in ");
    }
}
