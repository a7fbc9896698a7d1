package org.svgen.cli;

import java.util.Optional;
import java.util.stream.Collectors;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.lab.study.ModelChoice;
import org.svgen.lab.study.StudyModel;
import org.svgen.lab.study.Subject;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Field;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.ranks.Devices;

/** Device and model of a study or a batch; the model's weights are kept between its runs. */
record OpenedModel(Backend backend, StudyModel model) implements AutoCloseable {
    /**
     * Opens both, and downloads the model if it is not here.
     *
     * @param runs whether there will be runs, which are found by the hash of the model
     * @throws BadInputException if there is no such model or device
     */
    static OpenedModel open(
            ModelChoice choice, Environment environment, boolean quiet, boolean runs) {
        ModelSpec spec = spec(choice, environment, quiet);
        Backend backend =
                Devices.open(
                        choice.device(),
                        note -> {
                            if (!quiet) {
                                environment.console().say("note: " + note);
                            }
                        });
        try {
            DType layers =
                    choice.dtype().equals(Optional.of(DType.F32))
                            ? DType.F32
                            : backend.activation();
            VideoPipeline pipeline = Pipelines.openSession(spec, backend, layers);
            try {
                Subject subject =
                        new Subject(
                                spec.name(),
                                runs ? hash(spec, environment) : "",
                                device(backend),
                                "%s, layers %s"
                                        .formatted(
                                                Rules.DTYPE
                                                        .values()
                                                        .plain(choice.dtype().orElse(DType.F32)),
                                                layers),
                                Recipe.version());
                return new OpenedModel(
                        backend, new StudyModel(pipeline, subject, choice.memoryLimit()));
            } catch (RuntimeException e) {
                pipeline.close();
                throw e;
            }
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    /** A mistake in a study file has the place of what is wrong. */
    private static ModelSpec spec(ModelChoice choice, Environment environment, boolean quiet) {
        try {
            return ChosenModel.of(choice.model(), environment, quiet).whole();
        } catch (BadInputException e) {
            String model = choice.places().getOrDefault(Fields.MODEL.name(), "");
            String place = e.field().map(choice.places()::get).orElse(model);
            if (place.isEmpty()) {
                throw e;
            }
            throw new BadInputException(
                    "%s: %s".formatted(place, e.text(field -> Field.words(field, "_"))), e);
        }
    }

    private static String hash(ModelSpec spec, Environment environment) {
        try (Checkpoint checkpoint = Checkpoint.open(spec)) {
            return checkpoint.hash(environment.interrupts()::proceed);
        }
    }

    /**
     * The device, and what the user chose for it. Not how much faster one choice was than another,
     * which its description says: that is never the same twice, and runs are found by this text.
     */
    private static String device(Backend backend) {
        String begin = "svgen.%s.".formatted(backend.name().replaceFirst(":.*", ""));
        return System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(begin))
                .sorted()
                .map(name -> ", %s=%s".formatted(name, System.getProperty(name)))
                .collect(Collectors.joining("", backend.name() + ": " + backend.summary(), ""));
    }

    @Override
    public void close() {
        model.pipeline().close();
        backend.close();
    }
}
