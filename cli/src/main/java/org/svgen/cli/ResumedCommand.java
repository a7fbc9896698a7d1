package org.svgen.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.svgen.resume.CheckpointInfo;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * A command that goes on with a run.
 *
 * @param command the one that began the run, once more
 * @param kept what the checkpoint has of it
 */
record ResumedCommand(GenerateCommand command, KeptCommand kept) {
    private static final Set<String> BESIDE = Set.of("--resume", "--quiet");

    /**
     * Reads the command of a checkpoint.
     *
     * @param folder that keeps it
     * @param given what was given now
     * @throws BadInputException if there is none, or if other options stand beside it
     */
    static ResumedCommand of(
            Path folder, CommandSpec given, boolean quiet, Environment environment) {
        requireAlone(given);
        CheckpointInfo info = KeptRun.read(folder);
        KeptCommand kept = KeptCommand.of(folder, info);
        GenerateCommand command = parsed(folder, kept, environment);
        command.checkpoints.checkpoint = folder; // which may have been moved
        command.output.quiet |= quiet;
        if (!command.output.quiet) {
            environment
                    .console()
                    .say("goes on behind step %d of %d".formatted(info.step(), info.steps()));
        }
        return new ResumedCommand(command, kept);
    }

    int goOn() {
        return command.make(kept);
    }

    private static void requireAlone(CommandSpec given) {
        for (ArgSpec arg : given.commandLine().getParseResult().matchedArgs()) {
            String name = arg instanceof OptionSpec option ? option.longestName() : "the prompt";
            if (!BESIDE.contains(name)) {
                throw new BadInputException(
                        "--resume goes on with the options that the run began with: leave out "
                                + name);
            }
        }
    }

    private static GenerateCommand parsed(Path folder, KeptCommand kept, Environment environment) {
        String text = kept.text();
        InputStream in =
                text == null
                        ? environment.in()
                        : new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        CommandLine line = Main.plain(GenerateCommand.commandLine(environment.reading(in)));
        try {
            line.parseArgs(kept.words().toArray(String[]::new));
        } catch (ParameterException e) {
            throw new BadInputException(
                    "--resume %s: its command is none of this version: %s"
                            .formatted(folder, WrongUsage.line(e)),
                    e);
        }
        return line.getCommand();
    }
}
