package org.svgen.cuda;

import org.junit.jupiter.api.Test;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.ThreadsContract;

class EmulatedThreadsTest extends ThreadsContract {
    @Override
    protected Backend open() {
        return EmulatedGpu.open();
    }

    /** Another GPU, or another library, may have been used by the same thread in between. */
    @Test
    void eachCallMakesTheContextTheThreadsOwn() {
        CudaDriver driver = CudaDriver.open(EmulatedGpu.library());
        try (Backend backend = open()) {
            Tensor tensor = new Tensor(DType.F32, Shape.of(16), backend.allocate(64), 0);
            driver.makeCurrent(0);
            backend.ops().fill(1, tensor);
            driver.makeCurrent(0);
            backend.ops().axpby(1, tensor, 1, tensor, tensor);
            driver.makeCurrent(0);
            backend.release(backend.allocate(64));
            driver.makeCurrent(0);
            backend.synchronize();
            driver.makeCurrent(0);
        }
    }
}
