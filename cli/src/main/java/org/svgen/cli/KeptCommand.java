package org.svgen.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.PlainJson;
import org.svgen.resume.CheckpointInfo;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The command that began a run, as its checkpoint keeps it.
 *
 * @param words behind {@code generate}
 * @param folder in which it was begun; the names of files among the words may be relative to it
 * @param text the prompt, if it came from standard input
 * @param made whether the checkpoint's folder was made for it
 */
record KeptCommand(List<String> words, String folder, @Nullable String text, boolean made) {
    private static final String WORDS = "words";
    private static final String FOLDER = "folder";
    private static final String TEXT = "text";
    private static final String MADE = "made";

    static KeptCommand here(List<String> words, @Nullable String text) {
        return new KeptCommand(words, here(), text, false);
    }

    private static String here() {
        return Path.of("").toAbsolutePath().toString();
    }

    KeptCommand madeFolder(boolean now) {
        return new KeptCommand(words, folder, text, now);
    }

    /** For the header of a checkpoint. */
    Map<String, String> notes() {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(WORDS, PlainJson.compact(words));
        notes.put(FOLDER, folder);
        notes.put(MADE, String.valueOf(made));
        if (text != null) {
            notes.put(TEXT, text);
        }
        return notes;
    }

    /**
     * The command of a checkpoint.
     *
     * @param kept the folder that keeps it
     * @throws BadInputException if something else wrote it, or the command was given elsewhere
     */
    static KeptCommand of(Path kept, CheckpointInfo info) {
        Map<String, String> notes = info.notes();
        String words = notes.get(WORDS);
        String folder = notes.get(FOLDER);
        if (words == null || folder == null) {
            throw new BadInputException(
                    "--resume %s: expected a checkpoint of svgen generate, found one of a program"
                            .formatted(kept));
        }
        if (!folder.equals(here())) {
            throw new BadInputException(
                    "--resume %s: the run began in %s and names files from there: go on with it there"
                            .formatted(kept, folder));
        }
        try {
            return new KeptCommand(
                    new JsonMapper().readValue(words, new TypeReference<List<String>>() {}),
                    folder,
                    notes.get(TEXT),
                    Boolean.parseBoolean(notes.get(MADE)));
        } catch (JacksonException e) {
            throw new BadInputException("--resume %s: its command is damaged".formatted(kept), e);
        }
    }
}
