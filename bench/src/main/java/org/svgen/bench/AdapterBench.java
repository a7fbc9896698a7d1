package org.svgen.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.checkpoint.ChangedWeights;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.MappedTensor;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.SyntheticWeights;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.files.Scratch;
import org.svgen.models.Adapters;
import org.svgen.models.Families;
import org.svgen.run.Transformer;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/**
 * How long a transformer takes to load from its file, by itself and with an adapter merged, and to
 * change one adapter for another as a session does.
 */
final class AdapterBench {
    private static final String TRANSFORMER = "transformer";
    private static final String SECOND = "transformer_2";
    private static final double DEVIATION = 0.02;
    private static final Pattern IN_A_BLOCK = Pattern.compile(".*blocks\\.\\d+\\..*\\.weight");

    private AdapterBench() {}

    /**
     * @param folder where the files are written, and deleted behind it
     * @param rank of the adapters
     */
    record Setup(String config, Path folder, int rank, String device) {}

    /**
     * @param weightBytes of the transformer's file
     * @param adapterBytes of an adapter's
     * @param matrices that an adapter changes
     * @param loadSeconds without an adapter
     * @param mergedSeconds with one
     * @param swapSeconds from one adapter to another
     * @param bareSeconds from an adapter to none
     */
    record Outcome(
            String config,
            String device,
            long weightBytes,
            long adapterBytes,
            int matrices,
            double loadSeconds,
            double mergedSeconds,
            double swapSeconds,
            double bareSeconds) {
        List<String> text() {
            return List.of(
                    "%s on %s: %.1f GB; adapters of %.2f GB change %d matrices"
                            .formatted(
                                    config,
                                    device,
                                    weightBytes * 1e-9,
                                    adapterBytes * 1e-9,
                                    matrices),
                    "  load                 %7.2f s".formatted(loadSeconds),
                    "  load with an adapter %7.2f s: merging takes %.2f s"
                            .formatted(mergedSeconds, mergedSeconds - loadSeconds),
                    "  another adapter      %7.2f s".formatted(swapSeconds),
                    "  no adapter           %7.2f s".formatted(bareSeconds));
        }
    }

    /** Random weights that remember what was asked for. */
    private record Drawn(StoredWeights stored, SequencedMap<String, Tensor> tensors)
            implements ChangedWeights {
        @Override
        public StoredWeight changed(String name, StoredWeight weight) {
            if (weight.values() instanceof MappedTensor(Tensor tensor)) {
                tensors.put(name, tensor);
            }
            return weight;
        }
    }

    static Outcome run(Setup s, Consumer<String> notes) {
        try (ModelFolder configs = ModelFolder.of(s.config);
                Scratch scratch = Scratch.in(s.folder, "svgen-bench");
                SyntheticWeights random = new SyntheticWeights();
                Backend backend = Backends.open(s.device, notes)) {
            Path model = scratch.path().resolve("model");
            copyConfigs(configs.path(), model);
            Loading loading = new Loading(model, backend);
            SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
            loading.transformer(new Drawn(random, weights), new WeightCount());
            Path file = model.resolve(TRANSFORMER).resolve("diffusion_pytorch_model.safetensors");
            SafeTensorsWriter.write(file, weights, Map.of());
            Path one = scratch.path().resolve("one.safetensors");
            Path other = scratch.path().resolve("other.safetensors");
            int matrices = writeAdapter(one, weights, s.rank, 1);
            writeAdapter(other, weights, s.rank, 2);
            ModelSpec spec = ModelSpec.of(model);
            loading.seconds(spec); // the file comes from memory from here on, kernels are there
            double load = loading.seconds(spec);
            double[] merged = loading.swapped(spec, adapter(spec, one), adapter(spec, other));
            return new Outcome(
                    s.config,
                    backend.description(),
                    Files.size(file),
                    Files.size(one),
                    matrices,
                    load,
                    merged[0],
                    merged[1],
                    merged[2]);
        } catch (IOException e) {
            throw new SvgenException(
                    "%s: cannot be measured: %s".formatted(s.folder, e.getMessage()), e);
        }
    }

    private static void copyConfigs(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.resolveSibling(""));
                Files.copy(file, copy);
            }
        }
    }

    /** Writes factors of each matrix in a block, in the names of PEFT; tells how many. */
    private static int writeAdapter(
            Path file, SequencedMap<String, Tensor> weights, int rank, int seed) {
        try (Arena arena = Arena.ofShared()) {
            Map<String, Tensor> factors = new LinkedHashMap<>();
            Random random = new Random(seed);
            weights.forEach((name, weight) -> {
                if (weight.shape().rank() == 2 && IN_A_BLOCK.matcher(name).matches()) {
                    String layer = TRANSFORMER + "." + name.substring(0, name.lastIndexOf('.'));
                    factors.put(
                            layer + ".lora_A.weight", drawn(arena, random, rank, weight.size(1)));
                    factors.put(
                            layer + ".lora_B.weight", drawn(arena, random, weight.size(0), rank));
                }
            });
            SafeTensorsWriter.write(file, factors, Map.of());
            return factors.size() / 2;
        }
    }

    private static Tensor drawn(Arena arena, Random random, long rows, long columns) {
        Tensor tensor = Tensor.zeros(arena, DType.BF16, rows, columns);
        for (long i = 0; i < tensor.elements(); i++) {
            short bits = BFloat16.fromFloat((float) (DEVIATION * random.nextGaussian()));
            tensor.host().setAtIndex(ValueLayout.JAVA_SHORT, i, bits);
        }
        return tensor;
    }

    private static List<AdapterFile> adapter(ModelSpec spec, Path file) {
        boolean two;
        try (Checkpoint model = Checkpoint.open(spec)) {
            two = model.components().containsKey(SECOND);
        }
        Adapters.Expert expert = two ? Adapters.Expert.HIGH : Adapters.Expert.ALL;
        return Adapters.of(spec, List.of(new Adapters.Choice(file, 1, expert, false)));
    }

    /** Loads the transformer of a model's folder onto a device. */
    private record Loading(Path folder, Backend backend) {
        Transformer transformer(StoredWeights weights, WeightMemory memory) {
            return transformer(WeightSource.of(weights, memory));
        }

        private Transformer transformer(WeightSource weights) {
            Config config = Config.read(folder.resolve(TRANSFORMER).resolve("config.json"));
            return Families.ofTransformer(config).transformer(config, weights);
        }

        private Transformer transformer(Checkpoint model, WeightMemory memory) {
            return transformer(model.weights(TRANSFORMER, memory, backend.activation()));
        }

        double seconds(ModelSpec spec) {
            try (Checkpoint model = Checkpoint.open(spec);
                    WeightMemory memory = WeightMemory.resident(backend)) {
                return timed(() -> transformer(model, memory));
            }
        }

        /** Of loading with one adapter, of changing it for another, and for none. */
        double[] swapped(ModelSpec spec, List<AdapterFile> one, List<AdapterFile> other) {
            try (Checkpoint model = Checkpoint.open(spec.with(one));
                    WeightMemory memory = WeightMemory.resident(backend)) {
                double load = timed(() -> transformer(model, memory));
                double swap = timed(() -> change(model, memory, other));
                return new double[] {load, swap, timed(() -> change(model, memory, List.of()))};
            }
        }

        private void change(Checkpoint model, WeightMemory memory, List<AdapterFile> adapters) {
            model.adapt(adapters);
            memory.reload(again -> transformer(model, again));
        }

        private double timed(Runnable work) {
            backend.synchronize();
            long start = System.nanoTime();
            work.run();
            backend.synchronize();
            return (System.nanoTime() - start) * 1e-9;
        }
    }
}
