package org.svgen.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.setting.Rule;
import org.svgen.setting.Setting;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options for what only some models have, made of the settings that families declare. */
final class FamilyOptions {
    private static final String HEADING = "%nOf some models:%n";

    private final Map<Setting<?>, OptionSpec> options = new LinkedHashMap<>();

    FamilyOptions(List<Setting<?>> settings) {
        settings.forEach(setting -> options.put(setting, option(setting)));
    }

    private static OptionSpec option(Setting<?> setting) {
        OptionSpec.Builder option =
                OptionSpec.builder(OptionNames.of(setting.name()))
                        .description(setting.description().replace("%", "%%"));
        return setting.isFlag()
                ? option.type(Boolean.class).negatable(true).build()
                : option.type(String.class).arity("1").paramLabel(setting.label()).build();
    }

    void addTo(CommandSpec command) {
        if (!options.isEmpty()) {
            ArgGroupSpec.Builder group =
                    ArgGroupSpec.builder().exclusive(false).validate(false).heading(HEADING);
            options.values().forEach(group::addArg);
            command.addArgGroup(group.build());
        }
    }

    void addTo(Given given) {
        options.forEach((setting, option) -> add(setting.rule(), option.getValue(), given));
    }

    private static void add(Rule<?> rule, @Nullable Object value, Given given) {
        given.parse(rule, value == null ? null : value.toString());
    }
}
