package org.svgen.resume;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint says of itself in its header.
 *
 * @param format of the file
 * @param step how many steps are done
 * @param steps of the run
 * @param svgen the version that wrote it
 * @param model pipeline class and folder name
 * @param modelHash SHA-256 over the model's files
 * @param device what computed, as far as results depend on it
 * @param activation what the denoiser's large layers compute in
 * @param request what the request says, field by field
 * @param requestHash SHA-256 over that
 * @param notes of who had it written
 */
public record CheckpointInfo(
        int format,
        int step,
        int steps,
        String svgen,
        String model,
        String modelHash,
        String device,
        String activation,
        Map<String, String> request,
        String requestHash,
        Map<String, String> notes) {
    /** The format that this version writes, and the only one that it reads. */
    public static final int FORMAT = 1;

    private static final int SHOWN = 100;

    /** Keeps copies. */
    public CheckpointInfo {
        Objects.requireNonNull(svgen, "svgen");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(modelHash, "modelHash");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(requestHash, "requestHash");
        Objects.requireNonNull(notes, "notes");
        request = Collections.unmodifiableMap(new LinkedHashMap<>(request));
        notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
    }

    /**
     * {@return what the header of a checkpoint says; nothing else of the file is read}
     *
     * @param file a checkpoint
     * @throws CheckpointException if there is none, or it is cut short, or of a newer format
     */
    public static CheckpointInfo read(Path file) {
        Objects.requireNonNull(file, "file");
        try (StoredRun stored = StoredRun.open(file)) {
            return stored.info();
        }
    }

    /**
     * {@return the same with notes}
     *
     * @param newNotes of who has it written
     */
    public CheckpointInfo with(Map<String, String> newNotes) {
        return new CheckpointInfo(
                format,
                step,
                steps,
                svgen,
                model,
                modelHash,
                device,
                activation,
                request,
                requestHash,
                newNotes);
    }

    /**
     * {@return in what a checkpoint differs from a run that is to go on from it, a line each with
     * what the run expects and what was found}
     *
     * @param found of the checkpoint
     */
    List<String> differences(CheckpointInfo found) {
        List<String> lines = new ArrayList<>();
        if (found.step < 0 || found.step > steps) {
            lines.add("step: expected 0 to %d, found %d".formatted(steps, found.step));
        }
        add(lines, "version of svgen", svgen, found.svgen);
        add(lines, "device", device, found.device);
        add(lines, "activations", activation, found.activation);
        TreeSet<String> fields = new TreeSet<>(request.keySet());
        fields.addAll(found.request.keySet());
        for (String field : fields) {
            add(lines, field, request.get(field), found.request.get(field));
        }
        if (modelHash.isEmpty() || !modelHash.equals(found.modelHash)) {
            lines.add(
                    "model: expected %s of hash %s, found %s of hash %s"
                            .formatted(model, modelHash, found.model, found.modelHash));
        }
        return lines;
    }

    private static void add(
            List<String> lines, String what, @Nullable Object expected, @Nullable Object found) {
        if (!Objects.equals(expected, found)) {
            lines.add("%s: expected %s, found %s".formatted(what, shown(expected), shown(found)));
        }
    }

    private static String shown(@Nullable Object value) {
        String text = value == null ? "none" : value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
