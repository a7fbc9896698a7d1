package org.svgen.models.hunyuan;

import org.junit.jupiter.api.AfterEach;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;
import org.svgen.vae.ApartContract;
import org.svgen.vae.VaeDecoder;

/** Tiles of each part in time go to devices in turns. */
class HunyuanDecoderApartTest extends ApartContract {
    private static final HunyuanTiling SMALL = new HunyuanTiling(32, 24, 16, 12);

    private final Checkpoint checkpoint = Checkpoint.open(Goldens.folder("hunyuanvideo-tiny"));
    private final HunyuanVaeConfig config = HunyuanVaeConfig.read(checkpoint.config("vae"));

    @AfterEach
    void close() {
        checkpoint.close();
    }

    @Override
    protected VaeDecoder decoder(Backend backend) {
        return HunyuanVae.decoder(
                config,
                checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32),
                SMALL);
    }

    @Override
    protected int[] latents() {
        return new int[] {6, 4, 10};
    }
}
