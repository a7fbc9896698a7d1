package org.svgen.cuda.conv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HopperTilesTest {
    /** As measured on 132 multiprocessors: decode_bench in docs/kernels/convolutions.md. */
    @ParameterizedTest
    @CsvSource({
        "5,32,32,512,512,conv_mid",
        "5,64,64,512,512,conv_small",
        "9,128,128,512,256,conv_wide",
        "17,256,256,128,128,conv_tall",
        "2,30,45,512,512,conv_small",
        "4,60,90,256,256,conv_small",
        "8,120,180,256,256,conv_wide",
        "8,240,360,256,128,conv_tall",
        "4,360,640,192,192,conv_192",
        "4,720,1280,96,96,conv_96"
    })
    void tilesAreThoseThatLeaveTheLeastIdle(int t, int h, int w, int in, int out, String name) {
        long pixel = 2L * out;
        Frames frames = new Frames(0, t, h, w, out, pixel, pixel * w, pixel * w * h);
        assertThat(HopperTiles.kernel(in, frames, 132)).isEqualTo(name);
    }
}
