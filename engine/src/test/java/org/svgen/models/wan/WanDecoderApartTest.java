package org.svgen.models.wan;

import org.junit.jupiter.api.AfterEach;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;
import org.svgen.vae.ApartContract;
import org.svgen.vae.VaeDecoder;

/** A tile's batches of frames follow each other on one device. */
class WanDecoderApartTest extends ApartContract {
    private final Checkpoint checkpoint = Checkpoint.open(Goldens.folder("wan-t2v-tiny"));
    private final WanVaeConfig config = WanVaeConfig.read(checkpoint.config("vae"));

    @AfterEach
    void close() {
        checkpoint.close();
    }

    @Override
    protected VaeDecoder decoder(Backend backend) {
        return WanVae.decoder(
                config, checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32));
    }

    @Override
    protected int[] latents() {
        WanTiles tiles = WanTiles.ofDecoder(config);
        return new int[] {3, 1, 2 * tiles.stride() + 2};
    }
}
