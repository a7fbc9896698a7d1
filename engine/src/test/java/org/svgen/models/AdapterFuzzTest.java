package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.Mutator;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;
import org.svgen.testkit.Goldens;

/** Adapters that are damaged are merged or refused in one line; nothing else happens. */
class AdapterFuzzTest {
    private static final String WAN = "wan-t2v-tiny";
    private static final int RUNS = 150;

    @TempDir Path folder;

    @Test
    void damagedAdaptersAreMergedOrRefusedInOneLine() throws IOException {
        Path transformer =
                Goldens.folder(WAN)
                        .resolve("transformer/diffusion_pytorch_model.safetensors.index.json");
        int merged = 0;
        int refused = 0;
        try (SafeTensors model = SafeTensors.open(transformer)) {
            StoredWeights stored = StoredWeights.of(model);
            for (String name : List.of("one.kohya", "one.original", "one.peft")) {
                byte[] good =
                        Files.readAllBytes(
                                Goldens.folder("lora").resolve(WAN).resolve(name + ".safetensors"));
                int header = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
                Path file = folder.resolve(name + ".safetensors");
                for (int seed = 0; seed < RUNS; seed++) {
                    byte[] bad = new Mutator(seed).damage(good, 8, 8 + header);
                    if (bad.length >= 8) {
                        ByteBuffer.wrap(bad)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(0, (long) bad.length - good.length + header);
                    }
                    Files.write(file, bad);
                    if (merges(file, stored, seed % 2 == 0)) {
                        merged++;
                    } else {
                        refused++;
                    }
                }
            }
        }
        assertThat(merged).as("some damage is harmless").isPositive();
        assertThat(refused).isGreaterThan(RUNS);
    }

    private static boolean merges(Path file, StoredWeights stored, boolean lenient) {
        Adapters.Choice choice = new Adapters.Choice(file, 1, Adapters.Expert.ALL, lenient);
        AdapterFile adapter =
                Adapters.of(ModelSpec.of(Goldens.folder(WAN)), List.of(choice)).getFirst();
        try (AdapterFile.Open open = adapter.open()) {
            StoredWeights merged = open.merged("transformer", stored);
            for (String name : stored.names()) {
                Optional<StoredWeight> weight = merged.find(name, Shape.of(1));
                HostTensor values = weight.orElseThrow().values();
                int width = (int) (values.shape().elements() / Math.max(1, values.rows()));
                assertThat(values.row(values.rows() - 1)).hasSize(width);
            }
            return true;
        } catch (BadInputException e) {
            assertThat(e).message().hasLineCount(1);
            return false;
        }
    }
}
