package org.svgen.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Fingerprint;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.ranks.Devices;

/**
 * Names videos by all that decides what comes of them: the model's bytes, the request with what the
 * model adds to it, the pictures' bytes, the numbers' type. Opens the model by its configuration
 * and headers; no weights are loaded.
 */
final class Keys implements AutoCloseable {
    private final Backend backend;
    private final VideoPipeline model;
    private final String modelHash;
    private final BatchOptions options;

    private Keys(Backend backend, VideoPipeline model, String modelHash, BatchOptions options) {
        this.backend = backend;
        this.model = model;
        this.modelHash = modelHash;
        this.options = options;
    }

    /**
     * Opens a model.
     *
     * @throws BadInputException if it is none that we can run
     */
    static Keys open(String model, BatchOptions options, OutputFolder output) throws IOException {
        Path folder = Path.of(model);
        Backend backend = Devices.open("cpu", note -> {});
        try {
            Checkpoint checkpoint = Checkpoint.open(ModelSpec.of(folder));
            String hash;
            try {
                hash = ModelHash.of(checkpoint, folder, output);
            } catch (IOException | RuntimeException e) {
                checkpoint.close();
                throw e;
            }
            return new Keys(backend, Pipelines.open(checkpoint, backend, DType.F32), hash, options);
        } catch (IOException | RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    String modelHash() {
        return modelHash;
    }

    /**
     * The name of a video, 64 letters.
     *
     * @throws BadInputException if the request is none, or a picture cannot be read
     */
    String of(PromptColumns.Asked asked, Pictures pictures) {
        RequestBuilder request = request(model, asked.settings(), options);
        List<String> lines = new ArrayList<>();
        lines.add(modelHash);
        lines.add(options.dtype().toLowerCase(java.util.Locale.ROOT));
        lines.add(Fingerprint.of(request.build()).hash());
        for (Map.Entry<String, String> picture : new TreeMap<>(asked.pictures()).entrySet()) {
            lines.add(picture.getKey() + " " + pictures.hash(picture.getKey(), picture.getValue()));
        }
        return Sha.of(lines);
    }

    /** A request without its pictures. */
    static RequestBuilder request(
            VideoPipeline model, Map<String, Object> settings, BatchOptions options) {
        RequestBuilder request = Request.builder(model.defaults());
        options.type().ifPresent(request::dtype);
        settings.forEach(request::set);
        return request;
    }

    @Override
    public void close() {
        model.close();
        backend.close();
    }
}
