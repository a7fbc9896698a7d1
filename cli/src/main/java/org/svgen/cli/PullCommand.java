package org.svgen.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.hub.Hub;
import org.svgen.hub.ModelId;
import org.svgen.hub.PullPlan;
import org.svgen.lab.weights.LpipsStore;
import org.svgen.pipeline.PlainJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen pull}: a model from the hub into the cache. */
@Command(
        name = "pull",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Downloads a model from the Hugging Face hub, or brings it up to date.",
            "",
            "Only the files that svgen reads are fetched: configs, tokenizers and one set of"
                    + " .safetensors weights. It prints licence, size and free disk first. The cache is"
                    + " the one of Python's huggingface_hub, so what either has, the other need not"
                    + " download. Every file is checked against its hash before it counts as there.",
            "",
            "lpips-alex, lpips-vgg and lpips-squeeze are weights for 'svgen compare --lpips-weights': a"
                    + " trunk of torchvision and the linear weights of lpips, from their makers.",
            "",
            "After a break of any kind, the same command goes on where it stopped. Several at once"
                    + " do each file once."
        },
        footer = {
            "",
            "Environment, as Python's tools have it:",
            "  HF_TOKEN           for private and gated models; else what 'hf auth login' stored",
            "  HF_HOME            default ~/.cache/huggingface",
            "  HF_HUB_CACHE       where models lie, default $HF_HOME/hub",
            "  HF_ENDPOINT        another hub or a mirror, default https://huggingface.co",
            "  HF_HUB_OFFLINE=1   use what is in the cache and ask nobody",
            "  HF_HUB_DISABLE_SYMLINKS=1   files in place of links in the cache",
            "  HTTPS_PROXY, NO_PROXY       the way out, and whom to reach without it",
            "  SVGEN_TRUNKS_URL, SVGEN_LPIPS_URL   mirrors of where weights for LPIPS come from",
            "",
            "Examples:",
            "  svgen pull THUDM/CogVideoX-2b",
            "  svgen pull hunyuanvideo-community/HunyuanVideo@main --dry-run",
            "  svgen pull lpips-squeeze",
            "",
            "The model's folder is printed to standard output, everything else to standard error.",
            "Exit code: 0 done, 2 wrong usage or something that you can mend, 130 stopped by Ctrl-C,"
                    + " 1 anything else."
        })
final class PullCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            paramLabel = "ORG/NAME[@REVISION]",
            description =
                    "The model, and a branch, a tag or a commit of it. Default: the branch main."
                            + " Or lpips-alex, lpips-vgg or lpips-squeeze.")
    String model = "";

    @Option(names = "--dry-run", description = "Tell what would be downloaded, and end.")
    boolean dryRun;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Option(names = "--quiet", description = "Print nothing but errors.")
    boolean quiet;

    PullCommand(Environment environment) {
        this.environment = environment;
    }

    /**
     * @param revision the commit; null if offline, like all that follows
     */
    private record Output(
            String model,
            String folder,
            @Nullable String revision,
            @Nullable String licence,
            @Nullable Integer files,
            @Nullable Long bytes,
            @Nullable Long linked,
            @Nullable Long toDownload) {
        static Output of(ModelId id, Path folder, @Nullable PullPlan plan) {
            return plan == null
                    ? new Output(
                            id.toString(), folder.toString(), null, null, null, null, null, null)
                    : new Output(
                            id.toString(),
                            folder.toString(),
                            plan.commit(),
                            plan.licence().toString(),
                            plan.files().size(),
                            plan.total(),
                            plan.held().values().stream().mapToLong(Long::longValue).sum(),
                            plan.toDownload());
        }
    }

    @Override
    public Integer call() {
        if (LpipsStore.isName(model)) {
            new LpipsPull(environment, quiet).run(model, dryRun, json);
            return ExitCode.DONE;
        }
        ModelId id = ModelId.parse(model);
        Hub hub = new ModelFinder(environment, quiet).hub();
        PullProgress progress = new PullProgress(environment.console(), quiet);
        Path folder =
                environment.interrupts().during(progress::cancel, () -> pull(hub, id, progress));
        environment
                .console()
                .out()
                .println(
                        json
                                ? PlainJson.pretty(Output.of(id, folder, progress.plan()))
                                : folder.toString());
        return ExitCode.DONE;
    }

    private Path pull(Hub hub, ModelId id, PullProgress progress) {
        if (!dryRun) {
            return hub.pull(id, progress);
        }
        PullPlan plan = hub.plan(id, progress);
        progress.planned(plan);
        return plan.folder();
    }
}
