package org.svgen.cache;

import java.util.List;
import java.util.Objects;

/**
 * How far a model's output moves, told from how far {@link TeaCache}'s signal moved: a polynomial
 * that was fitted to the model.
 *
 * @param model whose
 * @param threshold that is recommended
 * @param coefficients from the highest power to the constant
 */
public record TeaCurve(String model, double threshold, List<Double> coefficients) {
    // Of ali-vilab/TeaCache at 7c10efc, for Wan without retained steps (signal: the time
    // embedding).

    /** CogVideoX-2b. */
    public static final TeaCurve COGVIDEOX_2B =
            of(
                    "CogVideoX-2b",
                    0.1,
                    -31.0658903,
                    25.4732368,
                    -5.92380459,
                    1.75769064,
                    -0.00361568434);

    /** CogVideoX-5b and CogVideoX-5b-I2V. */
    public static final TeaCurve COGVIDEOX_5B =
            of(
                    "CogVideoX-5b",
                    0.1,
                    -1538.80483,
                    843.202495,
                    -134.363087,
                    7.97131516,
                    -0.0523162339);

    /** CogVideoX1.5-5B. */
    public static final TeaCurve COGVIDEOX_15_5B =
            of(
                    "CogVideoX1.5-5B",
                    0.1,
                    250.210439,
                    -165.061612,
                    35.7804877,
                    -0.781551492,
                    0.0358559703);

    /** CogVideoX1.5-5B-I2V. */
    public static final TeaCurve COGVIDEOX_15_5B_I2V =
            of(
                    "CogVideoX1.5-5B-I2V",
                    0.1,
                    122.842302,
                    -104.088754,
                    26.2981677,
                    -0.306009921,
                    0.0371213220);

    /** Cosmos-1.0-Diffusion-7B-Text2World. */
    public static final TeaCurve COSMOS_1_7B =
            of(
                    "Cosmos-1.0-Diffusion-7B",
                    0.3,
                    271.156237,
                    -91.9775607,
                    2.2443725,
                    2.08355751,
                    0.14177633);

    /** HunyuanVideo. */
    public static final TeaCurve HUNYUAN_VIDEO =
            of("HunyuanVideo", 0.1, 733.226126, -401.131952, 67.5869174, -3.149878, 0.0961237896);

    /** HunyuanVideo-1.5 at 720p, text to video, of ModelTC/LightX2V. */
    public static final TeaCurve HUNYUAN_15_T2V_720 =
            of(
                    "HunyuanVideo-1.5-720p-T2V",
                    0.15,
                    -30890.7507,
                    16778.6188,
                    -3191.78643,
                    260.740519,
                    -8.19205881,
                    0.107913775);

    /** HunyuanVideo-1.5 at 720p, image to video, of ModelTC/LightX2V. */
    public static final TeaCurve HUNYUAN_15_I2V_720 =
            of(
                    "HunyuanVideo-1.5-720p-I2V",
                    0.15,
                    3843.00014,
                    -1392.47433,
                    169.167679,
                    -7.07679232,
                    0.102419011);

    /** Wan2.1-T2V-1.3B. */
    public static final TeaCurve WAN_21_T2V_1B =
            of(
                    "Wan2.1-T2V-1.3B",
                    0.05,
                    2396.76752,
                    -1311.10545,
                    201.331979,
                    -8.29855975,
                    0.137887774);

    /** Wan2.1-T2V-14B. */
    public static final TeaCurve WAN_21_T2V_14B =
            of(
                    "Wan2.1-T2V-14B",
                    0.15,
                    -5784.54975374,
                    5449.50911966,
                    -1811.16591783,
                    256.27178429,
                    -13.02252404);

    /** Wan2.1-I2V-14B-480P. */
    public static final TeaCurve WAN_21_I2V_480 =
            of(
                    "Wan2.1-I2V-14B-480P",
                    0.15,
                    -302.331670,
                    223.948934,
                    -52.546397,
                    5.8734844,
                    -0.201973289);

    /** Wan2.1-I2V-14B-720P. */
    public static final TeaCurve WAN_21_I2V_720 =
            of(
                    "Wan2.1-I2V-14B-720P",
                    0.15,
                    -114.36346466,
                    65.26524496,
                    -18.82220707,
                    4.91518089,
                    -0.23412683);

    /** Wan2.2-TI2V-5B, of ModelTC/LightX2V at f8aee98. */
    public static final TeaCurve WAN_22_TI2V_5B =
            of(
                    "Wan2.2-TI2V-5B",
                    0.26,
                    157472.669,
                    -115702.395,
                    31076.1669,
                    -3831.16651,
                    221.608777,
                    -4.81179567);

    /** All that were published for models that run here. */
    public static final List<TeaCurve> PUBLISHED =
            List.of(
                    COGVIDEOX_2B,
                    COGVIDEOX_5B,
                    COGVIDEOX_15_5B,
                    COGVIDEOX_15_5B_I2V,
                    COSMOS_1_7B,
                    HUNYUAN_VIDEO,
                    HUNYUAN_15_T2V_720,
                    HUNYUAN_15_I2V_720,
                    WAN_21_T2V_1B,
                    WAN_21_T2V_14B,
                    WAN_21_I2V_480,
                    WAN_21_I2V_720,
                    WAN_22_TI2V_5B);

    /** Keeps a copy of the coefficients. */
    public TeaCurve {
        Objects.requireNonNull(model, "model");
        coefficients = List.copyOf(coefficients);
    }

    private static TeaCurve of(String model, double threshold, Double... coefficients) {
        return new TeaCurve(model, threshold, List.of(coefficients));
    }

    /**
     * {@return how far the output moves}
     *
     * @param change how far the signal moved, as a share of it
     */
    public double at(double change) {
        double sum = 0;
        for (double coefficient : coefficients) {
            sum = sum * change + coefficient;
        }
        return sum;
    }
}
