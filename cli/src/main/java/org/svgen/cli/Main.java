package org.svgen.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.svgen.cli.bench.BenchCommand;
import org.svgen.cli.shell.CompletionCommand;
import org.svgen.cli.shell.ManCommand;
import org.svgen.hub.PullStoppedException;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Pipelines;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The svgen command: options in, exit code out; the one place where errors become text. */
@Command(
        name = "svgen",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Makes videos from text and images with diffusion transformers, fast by sparse attention.",
        footer = {
            "",
            "'svgen COMMAND --help' tells all about a command. Begin with:",
            "  svgen generate \"a red circle moves right on a black background\""
        })
public final class Main implements Runnable {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;
    static final int INTERRUPTED = 130;

    @CommandLine.Spec CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        Console console =
                new Console(
                        new PrintStream(System.out, true, StandardCharsets.UTF_8),
                        humanStream(),
                        Boolean.getBoolean("svgen.terminal"));
        Interrupts interrupts = new Interrupts(console::say);
        interrupts.install();
        boolean debug = System.getenv("SVGEN_DEBUG") != null || Boolean.getBoolean("svgen.debug");
        Environment environment =
                new Environment(console, System.in, Pipelines::open, interrupts, System.getenv());
        new NativeCache(environment.variables(), environment.home(), System.getProperties())
                .settle();
        finish(environment, run(environment, debug, args));
    }

    /** Ends the JVM; after Ctrl-C, which ends it already, gives way to that. */
    static void finish(Environment environment, int code) {
        environment.console().out().flush();
        environment.interrupts().done();
        System.exit(code);
    }

    /** The stream that the launcher names, since it filters the JVM's own; else the JVM's. */
    private static PrintStream humanStream() {
        String file = System.getProperty("svgen.stderr");
        if (file != null) {
            try {
                return new PrintStream(
                        new FileOutputStream(file, true), true, StandardCharsets.UTF_8);
            } catch (IOException e) {
                // Not all systems and sandboxes let a process open its own descriptors.
            }
        }
        return System.err;
    }

    /** Runs one command and tells its exit code. */
    static int run(Environment environment, boolean debug, String... words) {
        Console console = environment.console();
        String[] args = helped(words);
        CommandLine svgen = new CommandLine(new Main());
        addCommands(svgen, environment, args.length == 0 ? "" : args[0]);
        svgen.setExpandAtFiles(false)
                .setUsageHelpWidth(96)
                .setUsageHelpLongOptionsMaxWidth(40)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setOut(new java.io.PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new java.io.PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, unused) -> {
                    console.say("svgen: " + WrongUsage.line(e));
                    return BAD_INPUT;
                })
                .setExecutionExceptionHandler((e, command, result) ->
                        failed(environment, debug, e, command.getCommandSpec()));
        try {
            return svgen.execute(args);
        } catch (OutOfMemoryError e) {
            return failed(environment, debug, e, svgen.getCommandSpec());
        }
    }

    /** {@code help generate} as {@code generate --help}. */
    private static String[] helped(String... words) {
        if (words.length == 0 || !words[0].equals("help")) {
            return words;
        }
        return Stream.concat(Arrays.stream(words).skip(1), Stream.of("--help"))
                .toArray(String[]::new);
    }

    /** Only the one that is asked for, if it is known: looking through the others takes a while. */
    private static void addCommands(CommandLine svgen, Environment environment, String name) {
        Console console = environment.console();
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("generate", () -> new GenerateCommand(environment));
        commands.put("plan", () -> new PlanCommand(environment));
        commands.put("pull", () -> new PullCommand(environment));
        commands.put("models", () -> new ModelsCommand(environment));
        commands.put("info", () -> new InfoCommand(environment));
        commands.put("compare", () -> new CompareCommand(environment));
        commands.put("doctor", () -> new DoctorCommand(environment));
        commands.put(
                "bench",
                () ->
                        BenchCommand.commandLine(
                                console.out(),
                                console::say,
                                Json::pretty,
                                () -> ModelLocator.find("", "demo")));
        commands.forEach((command, make) -> {
            if (command.equals(name) || !commands.containsKey(name)) {
                svgen.addSubcommand(make.get());
            }
        });
        // For shells and packagers: not in the help, and there only when asked for.
        switch (name) {
            case "completion" -> svgen.addSubcommand(new CompletionCommand(console.out()));
            case "man" -> svgen.addSubcommand(new ManCommand(Version.text()));
            default -> {}
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    private static int failed(
            Environment environment, boolean debug, Throwable e, CommandSpec command) {
        environment.interrupts().giveWay();
        Console console = environment.console();
        if (debug) {
            e.printStackTrace(console.err());
        }
        switch (e) {
            case BadInputException _ -> {
                console.say("svgen: " + firstLine(e, command));
                return BAD_INPUT;
            }
            case CancelledException _, PullStoppedException _ -> {
                console.say("svgen: " + firstLine(e, command));
                return INTERRUPTED;
            }
            case SvgenException _ -> console.say("svgen: " + firstLine(e, command));
            case OutOfMemoryError _ ->
                    console.say("svgen: out of memory: " + firstLine(e, command));
            default -> console.say("svgen: internal error: %s".formatted(firstLine(e, command)));
        }
        if (!debug) {
            console.say("(SVGEN_DEBUG=1 shows where)");
        }
        return FAILED;
    }

    private static String firstLine(Throwable e, CommandSpec command) {
        String text =
                e instanceof SvgenException own
                        ? OptionNames.message(own, command)
                        : e.getMessage();
        if (text == null || text.isBlank()) {
            return e.getClass().getSimpleName();
        }
        String line = text.lines().findFirst().orElse(text);
        return e instanceof SvgenException ? line : e.getClass().getSimpleName() + ": " + line;
    }
}
