package org.svgen.cuda;

import org.junit.jupiter.api.Tag;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.CodedWeightsContract;

@Tag("gpu")
class GpuCodedWeightsF32Test extends CodedWeightsContract {
    @Override
    protected Backend open() {
        return Backends.open("cuda", note -> {});
    }
}
