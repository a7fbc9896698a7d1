package org.svgen.cli;

import java.net.InetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Who may use a service, and whom it may ask. */
final class ServeAccess {
    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description =
                    "Take requests with a key of this file alone ('svgen keys add' writes it). It is"
                            + " read again when it changes.")
    @Nullable Path apiKeyFile;

    @Option(
            names = "--no-auth",
            description =
                    "Take requests without a key, from wherever --host lets them come. Without a file"
                            + " of keys that is so on this machine's own address.")
    boolean noAuth;

    @Option(
            names = "--allow-fetch",
            description = "Fetch pictures that requests name by an https: address.")
    boolean allowFetch;

    @Option(
            names = "--allow-private-addresses",
            description =
                    "Let pictures and webhooks have addresses of this machine and of private networks,"
                            + " and http:.")
    boolean allowPrivateAddresses;

    @Option(
            names = "--webhook-secret-file",
            paramLabel = "FILE",
            description =
                    "Sign webhooks with the secret of this file, whsec_ and base64; a second line holds"
                            + " the one before, while it is changed. Default: webhook-secret in the data"
                            + " folder, which is made with a new secret.")
    @Nullable Path webhookSecretFile;

    /**
     * @throws BadInputException if anybody could use the service who should perhaps not
     */
    void check(InetAddress address) {
        if (noAuth && apiKeyFile != null) {
            throw new BadInputException("--no-auth and --api-key-file exclude each other");
        }
        if (!noAuth && apiKeyFile == null && !address.isLoopbackAddress()) {
            throw new BadInputException(
                    "--host %s: others than this machine could use the service; give it keys with --api-key-file, or say --no-auth"
                            .formatted(address.getHostAddress()));
        }
    }
}
