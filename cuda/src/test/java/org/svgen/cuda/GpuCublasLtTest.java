package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.gpu.Device;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.Product;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.cuda.product.ProductSettings.Wanted;
import org.svgen.cuda.product.Products;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;
import org.svgen.testkit.ProductContract;

/** ProductSettings by cuBLASLt, where it is installed. */
@Tag("gpu")
@EnabledIf("installed")
class GpuCublasLtTest extends ProductContract {
    private static Optional<CublasLt> find() {
        return CublasLt.find(ProductSettings.names());
    }

    private static ProductSettings asked() {
        return new ProductSettings(Wanted.CUBLASLT, GpuCublasLtTest::find);
    }

    static boolean installed() {
        return find().isPresent();
    }

    @Override
    protected Backend open() {
        return new CudaProvider().open(0, asked());
    }

    /** Else products would go to our kernels unnoticed. */
    @ParameterizedTest
    @CsvSource({
        "BF16, NONE, false",
        "BF16, NONE, true",
        "BF16, GELU_TANH, false",
        "BF16, GELU_TANH, true",
        "F32, NONE, false",
        "F32, NONE, true"
    })
    void theLibraryHasAnAlgorithmForWhatItIsAsked(DType type, Activation f, boolean withBias) {
        CudaDriver driver = CudaDriver.open("libcuda.so.1");
        Device device = Device.of(driver, 0);
        List<String> architectures = KernelNames.candidates(device.major(), device.minor());
        int size = 512;
        long bytes = 4L * size * size;
        try (Gpu gpu = new Gpu(driver, device, architectures, true, () -> {});
                Products products = new Products(gpu, asked());
                Gpu.Scratch memory = gpu.scratch(3 * bytes)) {
            DeviceStorage storage = new DeviceStorage(memory.address(), 3 * bytes);
            Tensor x = new Tensor(DType.BF16, Shape.of(size, size), storage, 0);
            Tensor bias = new Tensor(type, Shape.of(size), storage, bytes);
            Tensor out = new Tensor(type, Shape.of(size, size), storage, 2 * bytes);
            Product product = new Product(x, null, x, withBias ? bias : null, f, out);
            assertThat(products.kernels().first(product).name()).isEqualTo("cuBLASLt");
            products.run(product);
            gpu.synchronize();
        }
    }

    /** Where Hopper's kernels run the choice is made without measuring. */
    @Test
    void theChoiceIsSaidOnceItIsMade() {
        ProductSettings products = new ProductSettings(Wanted.AUTO, GpuCublasLtTest::find);
        try (Backend auto = new CudaProvider().open(0, products);
                Arena arena = Arena.ofConfined()) {
            Tensor x = auto.upload(Tensor.zeros(arena, DType.BF16, 512, 512));
            Tensor out = auto.upload(Tensor.zeros(arena, DType.BF16, 512, 512));
            assertThat(auto.description()).doesNotContain("libcublasLt");
            auto.ops().linear(x, Weight.of(x), null, Activation.NONE, out);
            auto.synchronize();
            if (!auto.description().contains("kernels for sm_90a")) {
                assertThat(auto.description()).contains("libcublasLt").contains("times as fast");
            }
        }
    }
}
