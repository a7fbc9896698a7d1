package org.svgen.lab.metrics;

/** A number that says how close a video is to a reference. */
public enum Measure {
    /** The mean squared error over all values, which lie in 0..1. */
    MSE("mse", "MSE", "", false),

    /** PSNR of the mean squared error over all frames. */
    PSNR("psnr", "PSNR", "dB", true),

    /** The mean of the frames' PSNR, as the official code reports it. */
    PSNR_MEAN_OVER_FRAMES("psnr_mean_over_frames", "PSNR, mean over frames", "dB", true),

    /** PSNR of the differences from frame to frame. */
    PSNR_OF_CHANGES("psnr_of_changes", "PSNR of changes", "dB", true),

    /** SSIM with a Gaussian window. */
    SSIM("ssim", "SSIM", "", true),

    /** SSIM with a flat window, as the official code reports it. */
    SSIM_BOX("ssim_box11", "SSIM, box window", "", true),

    /** SSIM over five scales. */
    MS_SSIM("ms_ssim", "MS-SSIM", "", true),

    /** The deviation of the similarity of gradients: perceptual, without learnt weights. */
    GMSD("gmsd", "GMSD", "", false),

    /** LPIPS, version 0.1, by the trunk whose weights are given. */
    LPIPS("lpips", "LPIPS", "", false);

    private final String key;
    private final String label;
    private final String unit;
    private final boolean higherIsCloser;

    Measure(String key, String label, String unit, boolean higherIsCloser) {
        this.key = key;
        this.label = label;
        this.unit = unit;
        this.higherIsCloser = higherIsCloser;
    }

    /** {@return the name in JSON and CSV} */
    public String key() {
        return key;
    }

    /** {@return the name for people} */
    public String label() {
        return label;
    }

    /** {@return {@code dB}, or nothing where it is a plain number} */
    public String unit() {
        return unit;
    }

    /** {@return whether a video is closer with a higher value} */
    public boolean higherIsCloser() {
        return higherIsCloser;
    }
}
