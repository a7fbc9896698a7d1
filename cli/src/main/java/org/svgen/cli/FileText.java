package org.svgen.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.adapter.AdapterSummary;
import org.svgen.checkpoint.single.Precision;
import org.svgen.models.FileInfo;
import org.svgen.models.FileKind;

/** What a single file is, for people and for programs. */
final class FileText {
    private static final int MAX_TEXTS = 20;
    private static final int MAX_MODULES = 40;

    private FileText() {}

    /**
     * For programs.
     *
     * @param option by which it is given; null if it is of no use
     * @param base the model on the hub that has what it lacks; null if it is no transformer
     * @param scales how scales of 8-bit weights are laid out; empty if there are none
     * @param adapter null if it is none
     * @param metadata texts of its header, cut where they are long
     * @param problem why it cannot be used; null if it can
     */
    record Output(
            String file,
            String format,
            long bytes,
            FileKind kind,
            @Nullable String option,
            String what,
            @Nullable String why,
            @Nullable String base,
            int tensors,
            Map<String, Precision.Amount> types,
            String scales,
            List<FileInfo.Part> parts,
            @Nullable AdapterSummary adapter,
            Map<String, String> metadata,
            @Nullable String problem) {}

    static Output output(FileInfo info) {
        return new Output(
                info.header().file().toString(),
                info.header().format(),
                info.header().bytes(),
                info.told().kind(),
                option(info),
                info.told().what(),
                info.told().why().isEmpty() ? null : info.told().why(),
                info.told().base().isEmpty() ? null : info.told().base(),
                info.header().precision().tensors(),
                info.header().precision().types(),
                info.header().precision().scales(),
                info.parts(),
                info.adapter().orElse(null),
                texts(info),
                info.told().problem().map(OptionNames::message).orElse(null));
    }

    private static @Nullable String option(FileInfo info) {
        return info.told().kind().field().map(field -> OptionNames.of(field.name())).orElse(null);
    }

    /** What it is, with other parts that are in it, or with an adapter's ranks. */
    static String what(FileInfo info) {
        String ranks =
                info.adapter()
                        .filter(adapter -> !adapter.ranks().isEmpty())
                        .map(adapter -> ", rank " + numbers(adapter.ranks()))
                        .orElse("");
        String others =
                info.parts().stream()
                        .skip(1)
                        .map(part -> " with " + part.what())
                        .collect(Collectors.joining());
        return info.told().what() + others + ranks;
    }

    static String text(FileInfo info) {
        StringBuilder text = new StringBuilder();
        text.append(
                "%s: %s, %s, %s"
                        .formatted(
                                info.header().file().getFileName(),
                                what(info),
                                info.header().format(),
                                Text.bytes(info.header().bytes())));
        if (!info.told().why().isEmpty()) {
            text.append("%ntold by %s".formatted(info.told().why()));
        }
        info.told()
                .problem()
                .ifPresent(
                        e -> text.append("%ncannot be used: %s".formatted(OptionNames.message(e))));
        String option = option(info);
        if (option != null && info.told().problem().isEmpty()) {
            text.append("%ngiven as %s".formatted(option));
            if (!info.told().base().isEmpty()) {
                text.append("; what it lacks comes from %s".formatted(info.told().base()));
            }
        }
        text.append("%nstored in %s".formatted(info.header().precision().words()));
        text.append("%n".formatted());
        info.header()
                .precision()
                .types()
                .forEach((type, amount) ->
                        text.append(
                                "%n    %-10s %s, %s"
                                        .formatted(
                                                type,
                                                Text.some(amount.tensors(), "tensor"),
                                                Text.bytes(amount.bytes()))));
        info.parts().forEach(part -> text.append(part(part)));
        info.adapter().ifPresent(adapter -> adapter(text, adapter));
        Map<String, String> texts = texts(info);
        if (!texts.isEmpty()) {
            text.append("%n%nin its header".formatted());
            texts.forEach((key, value) -> text.append("%n    %s = %s".formatted(key, value)));
        }
        return text.toString();
    }

    private static String part(FileInfo.Part part) {
        return "%n%n%s: %s, %s, %s%n    in %s%s"
                .formatted(
                        part.component(),
                        part.what(),
                        Text.some(part.tensors(), "tensor"),
                        Text.bytes(part.bytes()),
                        part.names(),
                        part.prefix().isEmpty() ? "" : ", behind " + part.prefix());
    }

    private static void adapter(StringBuilder text, AdapterSummary adapter) {
        text.append(
                "%n%nchanges %s by products and %d more by differences, in %s names"
                        .formatted(
                                Text.some(adapter.products(), "weight"),
                                adapter.differences(),
                                adapter.spelling()));
        if (!adapter.ranks().isEmpty()) {
            text.append("%n    rank %s".formatted(numbers(adapter.ranks())));
        }
        if (!adapter.alphas().isEmpty()) {
            text.append(
                    "%n    alpha %s"
                            .formatted(
                                    adapter.alphas().stream()
                                            .map(Text::number)
                                            .collect(Collectors.joining(", "))));
        }
        if (adapter.unknown() > 0) {
            text.append(
                    "%n    %s that no adapter has"
                            .formatted(Text.some(adapter.unknown(), "tensor")));
        }
        int[] left = {MAX_MODULES};
        adapter.modules()
                .forEach((module, count) -> {
                    if (left[0]-- > 0) {
                        text.append("%n    %s x %d".formatted(module, count));
                    }
                });
        if (left[0] < 0) {
            text.append("%n    and %d more".formatted(-left[0]));
        }
    }

    private static String numbers(List<Long> numbers) {
        return numbers.size() > 3
                ? "%d to %d".formatted(numbers.getFirst(), numbers.getLast())
                : numbers.stream().map(String::valueOf).collect(Collectors.joining(" and "));
    }

    /** Some of them, each on a line that is not too long. */
    private static Map<String, String> texts(FileInfo info) {
        Map<String, String> texts = new LinkedHashMap<>();
        info.header().texts().entrySet().stream()
                .filter(e -> !e.getKey().startsWith("comfy.gguf.orig_shape"))
                .limit(MAX_TEXTS)
                .forEach(e ->
                        texts.put(Untrusted.oneLine(e.getKey()), Untrusted.oneLine(e.getValue())));
        return texts;
    }
}
