package org.svgen.cli.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.svgen.files.Staged;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code svgen man}: a manual page for each command, as archives and packages carry them. */
@Command(
        name = "man",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Writes a manual page for each command: svgen.1, svgen-generate.1 and so on.",
        footer = {"", "Example:", "  svgen man share/man/man1 && man share/man/man1/svgen.1"})
public final class ManCommand implements Callable<Integer> {
    private final String version;

    @Spec CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "The folder for the pages; made where needed.")
    Path folder = Path.of("");

    /**
     * @param version of svgen, for the foot of each page
     */
    public ManCommand(String version) {
        this.version = version;
    }

    @Override
    public Integer call() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInputException(
                    "DIR %s: expected a folder, or a place where one can be made".formatted(folder),
                    e);
        }
        for (CommandSpec command : visible(spec.root())) {
            String page = new ManPage(command, version).text();
            Staged.write(
                    folder.resolve(command.qualifiedName("-") + ".1"),
                    file -> Files.writeString(file, page));
        }
        return CommandLine.ExitCode.OK;
    }

    /** {@code root} and all commands below it but those that help hides. */
    static List<CommandSpec> visible(CommandSpec root) {
        List<CommandSpec> all = new ArrayList<>(List.of(root));
        root.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(command -> !command.usageMessage().hidden())
                .forEach(command -> all.addAll(visible(command)));
        return all;
    }
}
