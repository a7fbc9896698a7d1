package org.svgen.lab.weights;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.svgen.hub.WebFile;

/**
 * What LPIPS by one trunk is made of, as its makers publish it.
 *
 * @param name as {@code svgen pull} knows it
 * @param trunk a state dict of torchvision; only its convolutions are used
 * @param linear how much each of their channels counts, from the package lpips
 */
public record LpipsModel(String name, WebFile trunk, WebFile linear) {
    /** Of all trunks and all linear weights. */
    static final String LICENCE =
            "BSD-3-Clause (trunk, by torchvision from ImageNet, which has terms of its own) and"
                    + " BSD-2-Clause (linear weights of lpips 0.1)";

    /** Checks that nothing is null. */
    public LpipsModel {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(trunk, "trunk");
        Objects.requireNonNull(linear, "linear");
    }

    /**
     * {@return all that are published: by AlexNet, VGG16 and SqueezeNet 1.1}
     *
     * @param trunks the folder of torchvision's weights
     * @param linears the folder of the linear weights, version 0.1
     */
    static List<LpipsModel> published(URI trunks, URI linears) {
        return List.of(
                new LpipsModel(
                        "lpips-alex",
                        file(
                                trunks,
                                "alexnet-owt-7be5be79.pth",
                                244_408_911,
                                "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02"),
                        file(
                                linears,
                                "alex.pth",
                                6_009,
                                "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0")),
                new LpipsModel(
                        "lpips-vgg",
                        file(
                                trunks,
                                "vgg16-397923af.pth",
                                553_433_881,
                                "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0"),
                        file(
                                linears,
                                "vgg.pth",
                                7_289,
                                "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868")),
                new LpipsModel(
                        "lpips-squeeze",
                        file(
                                trunks,
                                "squeezenet1_1-b8a52dc0.pth",
                                4_958_839,
                                "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b"),
                        file(
                                linears,
                                "squeeze.pth",
                                10_811,
                                "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76")));
    }

    private static WebFile file(URI folder, String name, long size, String sha256) {
        return new WebFile(name, URI.create(folder + "/" + name), size, sha256);
    }
}
