package org.svgen.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.svgen.bench.BenchCommand;
import org.svgen.cli.disk.ModelFolders;
import org.svgen.cli.shell.CompletionCommand;
import org.svgen.cli.shell.ManCommand;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.PlainJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

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
            "'svgen COMMAND --help' lists all options of a command. Begin with:",
            "  svgen generate \"a red circle moves right on a black background\""
        })
public final class Main implements Callable<Integer> {
    /** Commands that need no library's native code, and options that ask for words only. */
    private static final Set<String> PLAIN_COMMANDS =
            Set.of("help", "pull", "keys", "completion", "man");

    private static final Set<String> WORDS_ONLY = Set.of("--help", "-h", "--version", "-V");

    @CommandLine.Spec CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        Console console = Console.ofProcess();
        // Whoever prints without asking says it plainly too.
        System.setOut(console.out());
        System.setErr(console.err());
        Interrupts interrupts = new Interrupts(console::say);
        boolean debug = System.getenv("SVGEN_DEBUG") != null || Boolean.getBoolean("svgen.debug");
        Environment environment =
                new Environment(console, System.in, Pipelines::open, interrupts, System.getenv());
        prepare(environment, debug);
        finish(environment, begin(environment, debug, args));
    }

    /** For the end: by Ctrl-C, or by an error in a thread that nobody waits for. */
    static void prepare(Environment environment, boolean debug) {
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> {
            int code = failed(environment, debug, e, CommandSpec.create());
            if (!environment.interrupts().isEnding()) {
                finish(environment, code);
            }
        });
        environment.interrupts().install();
    }

    private static int begin(Environment environment, boolean debug, String... args) {
        String[] words;
        try {
            words = Arguments.of(args);
            if (needsNativeCode(words)) {
                nativeCache(environment, words).settle();
            }
        } catch (Throwable e) {
            return failed(environment, debug, e, CommandSpec.create());
        }
        return run(environment, debug, words);
    }

    static boolean needsNativeCode(String... words) {
        return words.length > 0 && !PLAIN_COMMANDS.contains(words[0]) && !asksForWordsOnly(words);
    }

    /** Certainly: behind an option or {@code --}, a word can be any text. */
    private static boolean asksForWordsOnly(String... words) {
        for (int i = 0; i < words.length && !words[i].equals("--"); i++) {
            if (WORDS_ONLY.contains(words[i]) && (i == 0 || !words[i - 1].startsWith("-"))) {
                return true;
            }
        }
        return false;
    }

    private static NativeCache nativeCache(Environment environment, String... words) {
        boolean quiet = List.of(words).contains("--quiet");
        return new NativeCache(
                environment.variables(),
                environment.home(),
                System.getProperties(),
                Trust.ofUser(environment.home()),
                note -> {
                    if (!quiet) {
                        environment.console().say("note: " + note);
                    }
                });
    }

    /** Ends the JVM; after Ctrl-C, which ends it already, gives way to that. */
    static void finish(Environment environment, int code) {
        environment.console().out().flush();
        environment.interrupts().done();
        System.exit(code);
    }

    /** Runs one command and returns its exit code. */
    static int run(Environment environment, boolean debug, String... words) {
        Console console = environment.console();
        String[] args = helped(words);
        CommandLine svgen = new CommandLine(new Main());
        addCommands(svgen, environment, args.length == 0 ? "" : args[0]);
        plain(svgen)
                .setUsageHelpWidth(96)
                .setUsageHelpLongOptionsMaxWidth(40)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setOut(new java.io.PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new java.io.PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, unused) -> {
                    console.say("svgen: " + WrongUsage.line(e));
                    return ExitCode.BAD_INPUT;
                })
                .setExecutionExceptionHandler((e, command, result) ->
                        failed(environment, debug, e, command.getCommandSpec()));
        try {
            return delivered(console, svgen.execute(args));
        } catch (Throwable e) {
            return failed(environment, debug, e, svgen.getCommandSpec());
        }
    }

    /** Takes words as they are. */
    static CommandLine plain(CommandLine line) {
        return line.setExpandAtFiles(false)
                // A prompt such as "-hot" would be -h and something.
                .setPosixClusteredShortOptionsAllowed(false);
    }

    /** Results that could not be written are none. */
    private static int delivered(Console console, int code) {
        String lost = code == ExitCode.DONE ? console.lostOutput() : null;
        if (lost != null) {
            console.say("svgen: " + lost);
            return ExitCode.FAILED;
        }
        return code == ExitCode.DONE && console.isClosedPipe() ? ExitCode.PIPE_CLOSED : code;
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
        commands.put("generate", () -> GenerateCommand.commandLine(environment));
        commands.put("plan", () -> PlanCommand.commandLine(environment));
        commands.put("pull", () -> new PullCommand(environment));
        commands.put(
                "models",
                () ->
                        new CommandLine(new ModelsCommand(environment))
                                .addSubcommand(new ModelsRemoveCommand(environment)));
        commands.put("info", () -> new InfoCommand(environment));
        commands.put("compare", () -> new CompareCommand(environment));
        commands.put("batch", () -> new BatchCommand(environment));
        commands.put("study", () -> new StudyCommand(environment));
        commands.put("serve", () -> new ServeCommand(environment));
        commands.put("keys", () -> KeysCommand.commandLine(environment));
        commands.put("doctor", () -> new DoctorCommand(environment));
        commands.put(
                "bench",
                () ->
                        BenchCommand.commandLine(
                                console.out(),
                                console::say,
                                PlainJson::pretty,
                                () ->
                                        ModelLocator.find(
                                                Optional.empty(), "demo", ModelFolders.NONE)));
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

    /** Without a command: which there are, as an answer to wrong usage. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.BAD_INPUT;
    }

    private static int failed(
            Environment environment, boolean debug, Throwable e, CommandSpec command) {
        environment.interrupts().giveWay();
        Console console = environment.console();
        if (debug) {
            e.printStackTrace(console.err());
        }
        Failure failure = Failure.of(e, command);
        String hint = failure.isObscure() && !debug ? " (SVGEN_DEBUG=1 shows where)" : "";
        console.say("svgen: " + failure.line() + hint);
        return failure.code();
    }
}
