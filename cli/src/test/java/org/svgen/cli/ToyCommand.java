package org.svgen.cli;

import org.svgen.models.Pipelines;

/** The command as a shell would see it, for tests of other packages. */
public record ToyCommand(int code, String out, String err) {
    /** Runs it with real models. */
    public static ToyCommand run(String... args) {
        Cli cli = Cli.run(Pipelines::open, "", args);
        return new ToyCommand(cli.code(), cli.out(), cli.err());
    }
}
