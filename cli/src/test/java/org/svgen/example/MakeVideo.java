package org.svgen.example;

// docs/library.md begins
import java.nio.file.Path;
import org.svgen.media.VideoWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

public class MakeVideo {
    /** Arguments: the folder of a model, as diffusers lays it out, and the name of the video. */
    public static void main(String[] args) {
        try (Backend backend = Backends.open("auto", System.err::println);
                VideoPipeline pipeline = Pipelines.open(Path.of(args[0]), backend)) {
            Request request =
                    Request.builder(pipeline.defaults())
                            .prompt("a red circle moves right")
                            .size(64, 48)
                            .frames(9)
                            .steps(4)
                            .seed(7)
                            .build();
            try (Result result = pipeline.generate(request, StepListener.SILENT)) {
                VideoWriter.to(args[1]).write(result); // with the recipe, as the command does
            }
        }
    }
}
// docs/library.md ends
