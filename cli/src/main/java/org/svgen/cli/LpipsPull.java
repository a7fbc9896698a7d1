package org.svgen.cli;

import org.svgen.lab.weights.LpipsPlan;
import org.svgen.lab.weights.LpipsStore;
import org.svgen.pipeline.PlainJson;

/** {@code svgen pull lpips-...}: weights that {@code svgen compare} measures with. */
record LpipsPull(Environment environment, boolean quiet) {
    private record Output(String name, String file, String licence, long bytes, long toDownload) {}

    /** Downloads what is missing, or tells what would be, and says where it lies. */
    void run(String name, boolean dryRun, boolean json) {
        LpipsStore store = store(environment);
        LpipsPlan plan = store.plan(name);
        Console console = environment.console();
        PullProgress progress = new PullProgress(console, quiet);
        if (!quiet) {
            console.say("%s: licence %s".formatted(name, plan.licence()));
            console.say(
                    "2 files, %s: %s"
                            .formatted(
                                    Text.bytes(plan.total()),
                                    plan.toDownload() == 0
                                            ? "all is here"
                                            : "%s to download to %s, %s free there"
                                                    .formatted(
                                                            Text.bytes(plan.toDownload()),
                                                            plan.file().getParent(),
                                                            Text.bytes(plan.free()))));
        }
        if (!dryRun) {
            progress.begins(plan.total(), plan.toDownload());
            environment.interrupts().during(progress::cancel, () -> store.pull(name, progress));
        }
        console.out()
                .println(
                        json
                                ? PlainJson.pretty(
                                        new Output(
                                                name,
                                                plan.file().toString(),
                                                plan.licence(),
                                                plan.total(),
                                                plan.toDownload()))
                                : plan.file().toString());
    }

    /** Where the environment's variables say that weights lie. */
    static LpipsStore store(Environment environment) {
        return LpipsStore.of(environment.variables(), environment.home());
    }
}
