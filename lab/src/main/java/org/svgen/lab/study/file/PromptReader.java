package org.svgen.lab.study.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.svgen.lab.study.Prompt;
import org.svgen.lab.study.PromptChoice;

/** Reads which prompts a study runs. */
final class PromptReader {
    private static final String EXAMPLES = "examples";
    private static final String EXPECTED =
            "a list of prompts, or %s, or how many of the model's examples".formatted(EXAMPLES);
    private static final int MOST = 10_000;

    private final Path folder;

    /**
     * @param folder from which names of pictures go
     */
    PromptReader(Path folder) {
        this.folder = folder;
    }

    PromptChoice read(Yaml yaml) {
        if (yaml instanceof Yaml.Items list && !list.items().isEmpty()) {
            return new PromptChoice.Given(list.items().stream().map(this::prompt).toList());
        }
        OptionalInt count = Section.asCount(yaml, MOST);
        boolean all = yaml instanceof Yaml.Plain plain && plain.text().equals(EXAMPLES);
        if (count.isEmpty() && !all) {
            throw yaml.place().wrong("prompts", EXPECTED, yaml);
        }
        return new PromptChoice.Examples(count, yaml.place().toString());
    }

    private Prompt prompt(Yaml yaml) {
        String where = yaml.place().toString();
        if (yaml instanceof Yaml.Plain) {
            String text = Section.text("prompts", yaml);
            return new Prompt(text, Optional.empty(), Optional.empty(), where);
        }
        Section prompt = Section.of(yaml, "prompts", List.of("text", "image", "last_image"));
        return new Prompt(
                Section.text("text", prompt.require("text", "a text")),
                prompt.find("image").map(image -> file("image", image)),
                prompt.find("last_image").map(image -> file("last_image", image)),
                where);
    }

    private Path file(String key, Yaml yaml) {
        try {
            return folder.resolve(Section.text(key, yaml));
        } catch (InvalidPathException e) {
            throw yaml.place().wrong(key, "the name of a file", yaml);
        }
    }
}
