package org.svgen.server.work;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** A request that says nothing: for questions about sizes and times. */
final class Blank {
    private static final int SIDE = 16;

    private Blank() {}

    /** As the model recommends, with black pictures where it takes none without. */
    static Request request(VideoPipeline model) {
        Pictures pictures = model.pictures();
        return Request.builder(model.defaults())
                .image(picture(pictures.first()))
                .lastImage(picture(pictures.last()))
                .build();
    }

    private static @Nullable Tensor picture(Pictures.Use use) {
        return use == Pictures.Use.NEEDED
                ? Tensor.zeros(Arena.ofAuto(), DType.F32, SIDE, SIDE, 3)
                : null;
    }
}
