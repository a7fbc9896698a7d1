package org.svgen.cli.shell;

import java.io.PrintStream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code svgen completion}: a script for a shell to complete commands, options and their values.
 */
@Command(
        name = "completion",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = {
            "Prints a script by which a shell completes commands and options.",
            "",
            "It knows the options of this version; make it again for another."
        },
        footer = {
            "",
            "Examples:",
            "  source <(svgen completion bash)      in ~/.bashrc",
            "  source <(svgen completion zsh)       in ~/.zshrc, behind compinit"
        })
public final class CompletionCommand implements Runnable {
    /** The shells that the script is for; it finds out which of them reads it. */
    enum Shell {
        bash,
        zsh
    }

    private final PrintStream out;

    @Spec CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "bash|zsh", description = "The shell that will read the script.")
    Shell shell = Shell.bash;

    /**
     * @param out takes the script
     */
    public CompletionCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public void run() {
        CommandLine svgen = spec.root().commandLine();
        out.print(AutoComplete.bash(svgen.getCommandName(), svgen));
    }
}
