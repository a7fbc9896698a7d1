package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

class EngineTest {
    @Test
    void aTaskComputesOnTheGpusThatSparkGaveIt() {
        assertThat(Engine.device(Map.of("gpu", gpus("3")))).contains("cuda:3");
        assertThat(Engine.device(Map.of("gpu", gpus("1", "2")))).contains("cuda:1,2");
        assertThat(Engine.device(Map.of())).isEmpty();
        assertThat(
                        Engine.device(
                                Map.of(
                                        "fpga",
                                        new ResourceInformation("fpga", new String[] {"0"}))))
                .isEmpty();
    }

    private static ResourceInformation gpus(String... addresses) {
        return new ResourceInformation("gpu", addresses);
    }
}
