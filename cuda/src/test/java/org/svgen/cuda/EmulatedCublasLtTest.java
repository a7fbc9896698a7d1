package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.cuda.ffi.CublasLtException;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.CublasLtTrial;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.cuda.product.ProductSettings.Wanted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;

/** cuBLASLt is used where it is found and faster, and never needed. */
class EmulatedCublasLtTest {
    private static final List<String> AMPERE = KernelNames.candidates(8, 0);
    private static final int M = 128;
    private static final int N = 256;
    private static final int K = 256;

    private final Arena arena = Arena.ofAuto();

    @AfterEach
    void forget() {
        for (String property : new String[] {"library", "products", "cublaslt"}) {
            System.clearProperty("svgen.cuda." + property);
        }
        EmulatedGpu.set("SVGEN_EMULATED_CUBLASLT_START", 0);
        EmulatedGpu.set("SVGEN_EMULATED_CUBLASLT_REFUSES", 0);
        EmulatedGpu.set("SVGEN_EMULATED_CUBLASLT_DELAY", 0);
        EmulatedGpu.set("SVGEN_EMULATED_ALLOCATION", 1 << 30);
    }

    /**
     * @param m of the product that is measured; what came out is kept for each
     */
    private static ProductSettings products(Wanted wanted, int m) {
        return new ProductSettings(
                wanted, EmulatedCublasLt::find, new CublasLtTrial.Size(m, 64, 8));
    }

    private Tensor random(Backend backend, DType dtype, long... dims) {
        Random random = new Random(7);
        float[] values = new float[Math.toIntExact(Tensor.zeros(arena, dtype, dims).elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return backend.upload(Tensor.of(arena, values, dims), dtype);
    }

    /** What a product gives, and how many of the library's it took. */
    private record Outcome(float[] values, int calls) {}

    private Outcome product(Backend backend, int m) {
        return product(backend, m, DType.BF16, DType.BF16, Activation.NONE);
    }

    private Outcome product(Backend backend, int m, @Nullable DType bias, DType out, Activation f) {
        int before = EmulatedCublasLt.products();
        Tensor to = random(backend, out, m, N);
        backend.ops()
                .linear(
                        random(backend, DType.BF16, m, K),
                        Weight.of(random(backend, DType.BF16, N, K)),
                        bias == null ? null : random(backend, bias, N),
                        f,
                        to);
        Tensor host = Tensor.zeros(arena, out, m, N);
        backend.download(to, host);
        return new Outcome(host.toFloats(), EmulatedCublasLt.products() - before);
    }

    private Outcome own(int m) {
        try (Backend backend = EmulatedGpu.open()) {
            return product(backend, m);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BF16, BF16, NONE, 1",
        "F32, F32, NONE, 1",
        ", F32, NONE, 1",
        "BF16, BF16, GELU_TANH, 1",
        ", BF16, GELU_TANH, 1",
        "F32, BF16, NONE, 0",
        "F32, F32, GELU_TANH, 0",
        "BF16, BF16, GELU, 0",
        "BF16, BF16, SILU, 0"
    })
    void theLibraryComputesWhatItCan(@Nullable DType bias, DType out, Activation f, int calls) {
        try (Backend backend = EmulatedGpu.open(AMPERE, EmulatedCublasLt.wanted(Wanted.CUBLASLT))) {
            assertThat(product(backend, 8, bias, out, f).calls).isEqualTo(calls);
        }
    }

    /** Both on Hopper, where its products would only be compared with ours, and elsewhere. */
    @ParameterizedTest
    @ValueSource(ints = {80, 90})
    void closingLeavesNothingOfTheLibraryBehind(int capability) {
        int before = EmulatedCublasLt.live();
        List<String> architectures = KernelNames.candidates(capability / 10, capability % 10);
        try (Backend backend =
                EmulatedGpu.open(architectures, EmulatedCublasLt.wanted(Wanted.CUBLASLT))) {
            assertThat(product(backend, 8).calls).isEqualTo(1);
            assertThat(product(backend, 16).calls).isEqualTo(1);
            assertThat(backend.description())
                    .endsWith(
                            "; bf16 products by %s, as asked"
                                    .formatted(EmulatedCublasLt.library()));
            assertThat(EmulatedCublasLt.live()).isGreaterThan(before);
        }
        assertThat(EmulatedCublasLt.live()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {N, -N})
    void aProductWithoutAnAlgorithmIsOurs(int refused) {
        EmulatedGpu.set("SVGEN_EMULATED_CUBLASLT_REFUSES", refused);
        int before = EmulatedCublasLt.live();
        try (Backend backend = EmulatedGpu.open(AMPERE, EmulatedCublasLt.wanted(Wanted.CUBLASLT))) {
            for (int i = 0; i < 2; i++) {
                Outcome outcome = product(backend, 8);
                assertThat(outcome.calls).isZero();
                assertThat(outcome.values).isEqualTo(own(8).values);
            }
        }
        assertThat(EmulatedCublasLt.live()).isEqualTo(before);
    }

    @Test
    void withoutTheLibraryNothingIsMissed() {
        try (Backend backend =
                EmulatedGpu.open(AMPERE, new ProductSettings(Wanted.AUTO, Optional::empty))) {
            assertThat(product(backend, M).values).isEqualTo(own(M).values);
            assertThat(backend.description()).endsWith("kernels for sm_80");
        }
    }

    @Test
    void onHopperTheLibraryIsNotOpened() {
        ProductSettings products =
                new ProductSettings(
                        Wanted.AUTO,
                        () -> {
                            throw new AssertionError("opened");
                        });
        try (Backend backend = EmulatedGpu.open(KernelNames.candidates(9, 0), products)) {
            assertThat(product(backend, M).calls).isZero();
            assertThat(backend.description()).endsWith("kernels for sm_90a");
        }
        assertThat(products.finding(true)).startsWith("not looked for");
    }

    @Test
    void theFirstProductThatMattersFindsOutIfTheLibraryIsFaster() {
        ProductSettings products = products(Wanted.AUTO, 16);
        try (Backend backend = EmulatedGpu.open(AMPERE, products)) {
            assertThat(product(backend, 8).calls).isZero();
            assertThat(backend.description()).endsWith("kernels for sm_80");
            assertThat(product(backend, M).calls).isGreaterThan(1);
            assertThat(backend.description())
                    .contains("; bf16 products by " + EmulatedCublasLt.library())
                    .endsWith(" times as fast as ours");
            assertThat(product(backend, M).calls).isEqualTo(1);
        }
        // Once in a process.
        try (Backend backend = EmulatedGpu.open(AMPERE, products)) {
            assertThat(product(backend, M).calls).isEqualTo(1);
        }
    }

    @Test
    void aSlowLibraryIsLeftAlone() {
        EmulatedGpu.set("SVGEN_EMULATED_CUBLASLT_DELAY", 60_000);
        ProductSettings products = products(Wanted.AUTO, 24);
        int before = EmulatedCublasLt.live();
        for (int i = 0; i < 2; i++) {
            try (Backend backend = EmulatedGpu.open(AMPERE, products)) {
                assertThat(product(backend, M).values).isEqualTo(own(M).values);
                assertThat(backend.description())
                        .contains("; own bf16 products: " + EmulatedCublasLt.library())
                        .endsWith(" times as fast");
                assertThat(product(backend, M).calls).isZero();
                assertThat(EmulatedCublasLt.live()).isEqualTo(before);
            }
        }
    }

    @Test
    void aLibraryThatDoesNotStartIsSaidAndLeftAlone() {
        EmulatedGpu.set("SVGEN_EMULATED_CUBLASLT_START", 8);
        try (Backend backend = EmulatedGpu.open(AMPERE, products(Wanted.AUTO, 32))) {
            assertThat(product(backend, M).values).isEqualTo(own(M).values);
            assertThat(backend.description())
                    .endsWith("; own bf16 products: CUBLAS_STATUS_ARCH_MISMATCH in cublasLtCreate");
        }
        try (Backend backend = EmulatedGpu.open(AMPERE, products(Wanted.CUBLASLT, 32))) {
            assertThatThrownBy(() -> product(backend, M))
                    .isInstanceOf(CublasLtException.class)
                    .hasMessage("CUBLAS_STATUS_ARCH_MISMATCH in cublasLtCreate");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Wanted.class,
            names = {"AUTO", "CUBLASLT"})
    void aFullGpuLeavesProductsToUs(Wanted wanted) {
        int before = EmulatedCublasLt.live();
        EmulatedGpu.set("SVGEN_EMULATED_ALLOCATION", 16 << 20);
        try (Backend backend = EmulatedGpu.open(AMPERE, products(wanted, 40))) {
            assertThat(product(backend, M).values).isEqualTo(own(M).values);
            assertThat(backend.description())
                    .contains("; own bf16 products: CUDA_ERROR_OUT_OF_MEMORY")
                    .contains("of 32.0 MiB for workspace of " + EmulatedCublasLt.library());
        }
        assertThat(EmulatedCublasLt.live()).isEqualTo(before);
    }

    @Test
    void theUserMayInsistOnTheLibrary() {
        System.setProperty("svgen.cuda.library", EmulatedGpu.library());
        System.setProperty("svgen.cuda.products", "cublaslt");
        System.setProperty("svgen.cuda.cublaslt", EmulatedCublasLt.library());
        try (Backend backend = Backends.open("cuda", note -> {})) {
            assertThat(product(backend, 8).calls).isEqualTo(1);
        }
        assertThat(new CudaProvider().findings())
                .containsEntry("cublaslt", EmulatedCublasLt.library() + ", used as asked");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cublaslt | libcublasLt-of-nobody.so | svgen.cuda.products=cublaslt: no cuBLASLt found here (libcublasLt-of-nobody.so)
                    cublaslt | none                     | svgen.cuda.products=cublaslt: no cuBLASLt found here (svgen.cuda.cublaslt=none)
                    fast     | none                     | svgen.cuda.products: expected auto, own or cublaslt, found 'fast'
                    """)
    void whatCannotBeHadIsSaidInOneLine(String wanted, String library, String message) {
        System.setProperty("svgen.cuda.library", EmulatedGpu.library());
        System.setProperty("svgen.cuda.products", wanted);
        System.setProperty("svgen.cuda.cublaslt", library);
        assertThatThrownBy(() -> Backends.open("cuda", note -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessage("system property " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    auto | none | not found, not needed
                    own  | none | not looked for: own products, as asked
                    """)
    void theDoctorSaysWhetherItIsThere(String wanted, String library, String finding) {
        System.setProperty("svgen.cuda.library", EmulatedGpu.library());
        System.setProperty("svgen.cuda.products", wanted);
        System.setProperty("svgen.cuda.cublaslt", library);
        assertThat(new CudaProvider().findings()).containsEntry("cublaslt", finding);
    }
}
