package org.svgen.cli;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.svgen.pipeline.Recipe;
import org.svgen.server.Service;
import org.svgen.server.Settings;
import org.svgen.server.http.HttpSettings;
import org.svgen.server.retention.KeepRules;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.work.DeviceSource;
import org.svgen.server.work.ModelSource;
import org.svgen.server.work.WorkSettings;
import org.svgen.tensor.ranks.Devices;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code svgen serve}: videos by HTTP, and a page. */
@Command(
        name = "serve",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description =
                "Makes videos for others: a web page, and an HTTP interface as OpenAI's videos have it.",
        footer = {
            "",
            "Examples:",
            "  svgen serve                                      the demo model, on http://127.0.0.1:8000",
            "  svgen serve --model THUDM/CogVideoX-2b --port 9000 --data /srv/svgen",
            "  svgen serve --model wan=wan2.1_t2v_1.3B.safetensors --vae wan_2.1_vae.safetensors",
            "  svgen keys add alice --api-key-file keys.txt",
            "  svgen serve --host 0.0.0.0 --api-key-file keys.txt --keep 7d",
            "  svgen serve --device cuda:0 --device cuda:1      two videos at the same time",
            "",
            "The address is printed to standard output once it answers, everything else to standard error.",
            "Jobs outlive the service: what was killed goes on when the command is given again.",
            "Exit code: 0 stopped by Ctrl-C or SIGTERM, 2 wrong usage or a place in use, 1 anything else."
        })
final class ServeCommand implements Callable<Integer> {
    private static final double MILLIS = 1000;

    private final Environment environment;

    @ArgGroup(exclusive = false, validate = false, heading = "%nAddress:%n")
    ServeAddress address = new ServeAddress();

    @ArgGroup(exclusive = false, validate = false, heading = "%nModels:%n")
    ServeModels models = new ServeModels();

    @ArgGroup(exclusive = false, validate = false, heading = "%nWho may use it:%n")
    ServeAccess access = new ServeAccess();

    @ArgGroup(exclusive = false, validate = false, heading = "%nQueue:%n")
    ServeQueue queue = new ServeQueue();

    @ArgGroup(exclusive = false, validate = false, heading = "%nStorage:%n")
    ServeStorage storage = new ServeStorage();

    @Option(names = "--access-log", description = "Say a line for each request.")
    boolean accessLog;

    @Option(names = "--quiet", description = "Say nothing but the address and what goes wrong.")
    boolean quiet;

    ServeCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        address.check();
        InetAddress host = address.address();
        access.check(host);
        queue.check();
        storage.check();
        List<ModelSource> sources = models.served().stream().map(this::source).toList();
        Settings settings = settings(host, sources);
        Console console = environment.console();
        CountDownLatch stopped = new CountDownLatch(1);
        try (Signals signals = new Signals(stopped::countDown);
                Service service =
                        Service.start(
                                settings,
                                this::say,
                                line -> {
                                    if (accessLog) {
                                        console.say(line);
                                    }
                                })) {
            say("started in %.1f s".formatted(uptime() / MILLIS));
            say("data: " + settings.places().data());
            settings.places().blobs().ifPresent(place -> say("files: " + place));
            say(
                    "models: "
                            + sources.stream()
                                    .map(ModelSource::name)
                                    .collect(Collectors.joining(", ")));
            console.out().println(service.url());
            console.out().flush();
            stopped.await();
            say("stopping; once more ends at once");
        }
        return ExitCode.DONE;
    }

    /** Milliseconds since Java was started. */
    private static long uptime() {
        return ManagementFactory.getRuntimeMXBean().getUptime();
    }

    private void say(String line) {
        if (!quiet) {
            environment.console().say(line);
        }
    }

    /** The model as it is here, or downloaded. */
    private ModelSource source(ServeModels.Served served) {
        ChosenModel chosen = ChosenModel.of(served.model(), environment, quiet);
        return ModelSource.of(served.name(), chosen.whole());
    }

    private Settings settings(InetAddress host, List<ModelSource> sources) {
        List<String> names = sources.stream().map(ModelSource::name).toList();
        return new Settings(
                Recipe.version(),
                new HttpSettings(
                        host,
                        address.port,
                        List.of(address.host),
                        address.cors,
                        models.aliases(names),
                        models.fitSize,
                        HttpSettings.Limits.USUAL.with(
                                new QueueLimits(queue.limit, queue.perKey()))),
                new Settings.Callers(Optional.ofNullable(access.apiKeyFile), access.noAuth),
                new Settings.Places(
                        storage.data(environment),
                        Optional.ofNullable(storage.store),
                        storage.blobs(),
                        storage.diskReserve(),
                        new KeepRules(storage.keep(), storage.keepBytes())),
                new Settings.Work(
                        sources, models.devices().stream().map(this::device).toList(), work()),
                new Settings.Outside(
                        access.allowFetch,
                        access.allowPrivateAddresses,
                        Optional.ofNullable(access.webhookSecretFile)));
    }

    private DeviceSource device(String name) {
        return new DeviceSource(name, () -> Devices.open(name, this::say));
    }

    private WorkSettings work() {
        long process = ProcessHandle.current().pid();
        String machine = environment.variables().getOrDefault("HOSTNAME", "svgen");
        return new WorkSettings(
                machine + "-" + process,
                queue.lease(),
                queue.checkpointEvery(),
                models.memoryLimit(),
                storage.keep().isPresent()
                        ? OptionalLong.of(storage.keep().get().toMillis())
                        : OptionalLong.empty());
    }
}
