package org.svgen.cli.service;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A storm of any length: {@code tools/serve-storm.sh} calls it. */
final class KillStormProgram {
    private static final int JOBS = 6;
    private static final long LONGEST_MILLIS = 6000;

    private KillStormProgram() {}

    /**
     * @param args number of kills, steps of each job, seed, and for two services that share a
     *     PostgreSQL its HOST:PORT/DATABASE and user
     */
    public static void main(String[] args) throws Exception {
        int kills = Integer.parseInt(args[0]);
        StormOrder order = new StormOrder(JOBS, Integer.parseInt(args[1]));
        Path folder = Files.createTempDirectory("svgen-storm");
        Map<Integer, byte[]> expected;
        try (ServeProcess calm = ServeProcess.start(folder.resolve("calm"), List.of())) {
            expected = order.undisturbed(Api.of(calm.url()));
        }
        StormPlace place =
                args.length > 3
                        ? StormPlace.shared(folder, args[3], args[4])
                        : StormPlace.alone(folder);
        KillStorm.Outcome outcome =
                new KillStorm(place, order, kills, LONGEST_MILLIS, Long.parseLong(args[2]))
                        .run(expected);
        System.out.println(outcome + ", folder " + folder);
        System.exit(outcome.wrong().isEmpty() ? 0 : 1);
    }
}
