package org.svgen.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.svgen.media.VideoWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.ranks.Devices;

/** The videos of {@link Table} as the library makes them one by one, without Spark. */
final class SingleRuns {
    private SingleRuns() {}

    /** Bytes of the files by the numbers of the prompts. */
    static Map<Integer, byte[]> of(int count, int steps, Path folder) throws IOException {
        Map<Integer, byte[]> all = new HashMap<>();
        try (Backend backend = Devices.open("cpu", note -> {});
                VideoPipeline model = Pipelines.openSession(Path.of(Table.MODEL), backend)) {
            for (int i = 0; i < count; i++) {
                Request request =
                        Request.builder(model.defaults())
                                .prompt(Table.prompt(i))
                                .seed(i)
                                .size(Table.SIZE, Table.SIZE)
                                .frames(Table.FRAMES)
                                .steps(steps)
                                .build();
                try (Result result = model.generate(request, new StepListener() {})) {
                    Recipe recipe = result.recipe();
                    Path file =
                            VideoWriter.to(folder.resolve("single.mp4").toString())
                                    .write(
                                            result.clip(),
                                            Map.of(
                                                    "title", recipe.prompt(),
                                                    "comment", recipe.json()));
                    all.put(i, Files.readAllBytes(file));
                }
            }
        }
        return all;
    }
}
