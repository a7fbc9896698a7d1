package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.files.ExchangeProbe;
import org.svgen.files.Staged;

/**
 * Real processes that are killed, that run at once, and whose disk is full: each output is the old
 * one or a whole new one at any time, never missing, and nothing else is left after the next run.
 */
class StormTest {
    private static final int SEED = 18;
    private static final int KILLS = 5;
    private static final int KILLS_OF_FOLDERS = 6;
    private static final long SECONDS_OF_KILLS = 6;
    private static final int RUNS_AT_ONCE = 3;

    /** Their code must be compiled well; of others too little of it runs. */
    private static final Set<String> OF_A_REAL_MODEL = Set.of("limits", "full-disk");

    @TempDir Path folder;

    @Test
    void filesThatCannotGrowAreRefusedAndTheOldOnesStay() throws Exception {
        assumeThat(works("prlimit", "--version")).as("prlimit, of util-linux").isTrue();
        shortOfRoom(List.of(), "limits");
    }

    @Test
    void onAFullDiskNothingIsCalledDoneAndTheOldOnesStay() throws Exception {
        String mount = "mount -t tmpfs -o size=12m none " + folder;
        assumeThat(works("unshare", "-rm", "sh", "-c", mount)).as("a small disk").isTrue();
        // Mounted for that process alone, so that it goes with it.
        shortOfRoom(
                List.of("unshare", "-rm", "sh", "-c", mount + " && exec \"$@\"", "sh"),
                "full-disk");
    }

    private void shortOfRoom(List<String> before, String task) throws Exception {
        Process process = start(before, task, SEED);
        String words = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(words).isZero();
        assertThat(words.strip()).matches("done [1-9]\\d* refused [1-9]\\d*");
    }

    @Test
    void aKillAtAnyMomentLeavesTheOldOrTheNewAndTheNextRunRemovesTheRest() throws Exception {
        StormTargets targets = new StormTargets(folder);
        Map<String, Set<String>> wholes = StormProgram.wholes(targets);
        Set<String> places = placesThatAreNeverEmpty(wholes);
        Random random = new Random(SEED);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_OF_KILLS);
        for (int kill = 0; kill < KILLS && (kill < 3 || System.nanoTime() < end); kill++) {
            Process process = start(List.of(), "for-ever", kill);
            try (BufferedReader words = process.inputReader()) {
                assertThat(words.readLine()).isEqualTo("run 0 ended with 0 ");
                watch(targets, places, random.nextInt(150));
                process.destroyForcibly().waitFor();
            }
            assertThat(targets.wrong(wholes, true)).as("kill " + kill).isEmpty();
            assertThat(targets.missing(places)).as("after kill " + kill).isEmpty();
        }
        assertThat(StormProgram.run(targets.arguments("v.mp4", 0)).code()).isZero();
        assertThat(targets.wrong(wholes, false)).isEmpty();
        assertThat(targets.contents()).containsOnlyKeys(wholes.keySet());
    }

    @Test
    void aKillAtAnyMomentLeavesAWholeFolderOfFrames() throws Exception {
        assumeThat(ExchangeProbe.works(folder)).as("a disk that exchanges folders").isTrue();
        StormTargets targets = new StormTargets(folder);
        Path frames = folder.resolve("frames");
        Set<String> wholes = new TreeSet<>();
        for (String text : StormProgram.FOLDERS) {
            Staged.write(frames, whole -> StormProgram.fill(whole, text));
            wholes.add(targets.content("frames"));
        }
        Set<String> places = Set.of("frames");
        Random random = new Random(SEED);
        for (int kill = 0; kill < KILLS_OF_FOLDERS; kill++) {
            Process process = start(List.of(), "folder", kill);
            try (BufferedReader words = process.inputReader()) {
                assertThat(words.readLine()).startsWith("wrote ");
                watch(targets, places, random.nextInt(50));
                process.destroyForcibly().waitFor();
            }
            assertThat(targets.wrong(Map.of("frames", wholes), true)).as("kill " + kill).isEmpty();
            assertThat(targets.missing(places)).as("after kill " + kill).isEmpty();
        }
        Staged.write(frames, whole -> StormProgram.fill(whole, "other"));
        assertThat(targets.wrong(Map.of("frames", wholes), false)).isEmpty();
    }

    @Test
    void runsAtOnceKeepTheirOwnNamesAndShareOthersWhole() throws Exception {
        StormTargets targets = new StormTargets(Files.createDirectory(folder.resolve("shared")));
        Map<String, Set<String>> wholes = StormProgram.wholes(targets);
        Set<String> places = placesThatAreNeverEmpty(wholes);
        List<Process> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            runs.add(start(List.of(), "default-names", RUNS_AT_ONCE, targets.folder()));
        }
        while (runs.stream().anyMatch(Process::isAlive)) {
            for (String file : List.of("v.mp4", "v.gif", "s.png", "r.json", "f.safetensors")) {
                assertThat(wholes.get(file)).as(file).contains(targets.content(file));
            }
            assertThat(targets.missing(places)).isEmpty();
            Thread.sleep(5);
        }
        List<String> printed = new ArrayList<>();
        for (Process run : runs) {
            printed.addAll(run.inputReader().lines().toList());
            assertThat(run.waitFor()).isZero();
        }
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> found =
                    files.map(file -> "wrote " + file.getFileName())
                            .filter(name -> !name.endsWith("shared"))
                            .collect(Collectors.toCollection(TreeSet::new));
            assertThat(printed)
                    .hasSize(2 * RUNS_AT_ONCE)
                    .containsExactlyInAnyOrderElementsOf(found);
        }
        assertThat(targets.wrong(wholes, false)).isEmpty();
        assertThat(targets.contents()).containsOnlyKeys(wholes.keySet());
    }

    private static void watch(StormTargets targets, Set<String> places, int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            assertThat(targets.missing(places)).isEmpty();
        }
    }

    /** All, but where the disk cannot exchange folders: there, none of frames for a moment. */
    private Set<String> placesThatAreNeverEmpty(Map<String, Set<String>> wholes)
            throws IOException {
        Set<String> places = new TreeSet<>(wholes.keySet());
        if (!ExchangeProbe.works(folder)) {
            places.remove("frames");
        }
        return places;
    }

    private Process start(List<String> before, String task, int number) throws IOException {
        return start(before, task, number, folder);
    }

    private Process start(List<String> before, String task, int number, Path targets)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=" + (OF_A_REAL_MODEL.contains(task) ? 4 : 1),
                        "-Dsvgen.test.model=" + StormProgram.MODEL,
                        "-cp",
                        absolute(System.getProperty("java.class.path")),
                        StormProgram.class.getName(),
                        task,
                        targets.toString(),
                        Integer.toString(number)));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The class path as a process in another folder sees it. */
    private static String absolute(String classPath) {
        String separator = System.getProperty("path.separator");
        return Stream.of(classPath.split(separator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(separator));
    }

    private static boolean works(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
