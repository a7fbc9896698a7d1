package org.svgen.cli;

import java.nio.file.InvalidPathException;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;
import picocli.CommandLine.Model.CommandSpec;

/** What became of a command that threw: one line and an exit code, whatever was thrown. */
record Failure(int code, String line) {
    /**
     * @param command that failed, whose options are named
     */
    static Failure of(Throwable e, CommandSpec command) {
        return switch (e) {
            case SvgenException own -> new Failure(code(own), OptionNames.message(own, command));
            case InvalidPathException p -> new Failure(ExitCode.BAD_INPUT, noName(p));
            case OutOfMemoryError _ ->
                    new Failure(ExitCode.FAILED, "out of memory: " + internal(e));
            case InternalError _ when text(e).contains("unsafe memory access") ->
                    new Failure(
                            ExitCode.FAILED,
                            "a file that was in use was cut short, or its disk failed");
            default -> new Failure(ExitCode.FAILED, "internal error: " + internal(e));
        };
    }

    private static int code(SvgenException e) {
        return switch (e) {
            case BadInputException _ -> ExitCode.BAD_INPUT;
            case StoppedException _ -> ExitCode.INTERRUPTED;
            default -> ExitCode.FAILED;
        };
    }

    /** True if the user can find out more by seeing where it was thrown. */
    boolean isObscure() {
        return code == ExitCode.FAILED;
    }

    static String noName(InvalidPathException e) {
        String encoding = Arguments.encoding();
        return "'%s' cannot be the name of a file: %s%s"
                .formatted(
                        e.getInput(),
                        e.getReason(),
                        encoding.equals("UTF-8")
                                ? ""
                                : "; the locale's names are in %s, LC_ALL=C.UTF-8 allows all"
                                        .formatted(encoding));
    }

    /** All that we said, in which a name may hold line breaks. */
    private static String text(Throwable e) {
        String text = e.getMessage();
        return text == null || text.isBlank() ? e.getClass().getSimpleName() : text;
    }

    /** What others said, whose later lines give details. */
    private static String internal(Throwable e) {
        String name = e.getClass().getSimpleName();
        return text(e).equals(name) ? name : name + ": " + text(e).lines().findFirst().orElse("");
    }
}
