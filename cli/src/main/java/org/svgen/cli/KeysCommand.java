package org.svgen.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.server.keys.KeyFile;
import org.svgen.server.keys.NewKey;
import org.svgen.server.keys.Scope;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen keys}: who may use a service. */
@Command(
        name = "keys",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Adds, lists and revokes the keys by which people use 'svgen serve'.",
        footer = {
            "",
            "Examples:",
            "  svgen keys add alice --api-key-file keys.txt",
            "  svgen keys add prometheus --scopes metrics --api-key-file keys.txt",
            "  svgen keys list --api-key-file keys.txt",
            "  svgen keys revoke alice --api-key-file keys.txt",
            "",
            "A running service hears of changes by itself."
        })
final class KeysCommand implements Callable<Integer> {
    @CommandLine.Spec CommandSpec spec = CommandSpec.create();

    private KeysCommand() {}

    static CommandLine commandLine(Environment environment) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new Add(environment))
                .addSubcommand(new ListAll(environment))
                .addSubcommand(new Revoke(environment));
    }

    /** Without a command: which there are, as an answer to wrong usage. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.BAD_INPUT;
    }

    /** Which file. */
    static final class File {
        @Option(
                names = "--api-key-file",
                paramLabel = "FILE",
                required = true,
                description = "The file of keys, as 'svgen serve' is given it.")
        Path path = Path.of("");
    }

    /** {@code svgen keys add}. */
    @Command(
            name = "add",
            sortOptions = false,
            mixinStandardHelpOptions = true,
            description =
                    "Makes a key and prints it, once: the file keeps its hash. Videos belong to the key's"
                            + " name.")
    static final class Add implements Callable<Integer> {
        private final Environment environment;

        @Parameters(paramLabel = "NAME", description = "Whose key it is.")
        String name = "";

        @Mixin File file = new File();

        @Option(
                names = "--scopes",
                paramLabel = "SCOPE,...",
                split = ",",
                description =
                        "What the key may do: videos (make and read its own), read (read its own),"
                                + " metrics, admin (all). Default: videos,read.")
        List<String> scopes = new ArrayList<>();

        Add(Environment environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() {
            NewKey key = NewKey.create(name, scopes());
            KeyFile.add(file.path, key);
            environment.console().out().println(key.text());
            environment
                    .console()
                    .say("added to %s; the key is not shown again".formatted(file.path));
            return ExitCode.DONE;
        }

        private Set<Scope> scopes() {
            Set<Scope> all = EnumSet.noneOf(Scope.class);
            for (String scope : scopes) {
                all.add(
                        Scope.of(scope)
                                .orElseThrow(() ->
                                        new BadInputException(
                                                "--scopes: expected some of %s, found '%s'"
                                                        .formatted(Scope.names(), scope))));
            }
            return all;
        }
    }

    /** {@code svgen keys list}. */
    @Command(
            name = "list",
            sortOptions = false,
            mixinStandardHelpOptions = true,
            description = "Prints the names of the keys and what they may do.")
    static final class ListAll implements Callable<Integer> {
        private final Environment environment;
        @Mixin File file = new File();

        ListAll(Environment environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() {
            for (KeyFile.Line key : KeyFile.list(file.path)) {
                String scopes =
                        key.scopes().stream()
                                .sorted()
                                .map(Scope::text)
                                .collect(Collectors.joining(","));
                environment.console().out().println("%s  %s".formatted(key.name(), scopes));
            }
            return ExitCode.DONE;
        }
    }

    /** {@code svgen keys revoke}. */
    @Command(
            name = "revoke",
            sortOptions = false,
            mixinStandardHelpOptions = true,
            description = "Takes a key out of the file. Its videos stay.")
    static final class Revoke implements Callable<Integer> {
        private final Environment environment;

        @Parameters(paramLabel = "NAME", description = "Whose key it is.")
        @Nullable String name;

        @Mixin File file = new File();

        Revoke(Environment environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() {
            String whose = String.valueOf(name);
            if (!KeyFile.revoke(file.path, whose)) {
                throw new BadInputException(
                        "%s: there is no key called %s".formatted(file.path, whose));
            }
            environment.console().say("revoked " + whose);
            return ExitCode.DONE;
        }
    }
}
