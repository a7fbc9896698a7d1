package org.svgen.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Where the service is reached. */
final class ServeAddress {
    private static final int MAX_PORT = 0xFFFF;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "The address to listen on. Others than this machine's own (${DEFAULT-VALUE}, the"
                            + " default) need --api-key-file or --no-auth.")
    String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8000",
            description =
                    "The port to listen on; 0 takes one that is free. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--cors",
            paramLabel = "ORIGIN",
            description =
                    "Let pages of another origin use the service, such as https://example.org. May be"
                            + " given several times.")
    List<String> cors = new ArrayList<>();

    /**
     * @throws BadInputException naming the option that is wrong
     */
    void check() {
        if (port < 0 || port > MAX_PORT) {
            throw new BadInputException(
                    "--port: expected 0 to %d, found %d".formatted(MAX_PORT, port));
        }
        cors.forEach(ServeAddress::checkOrigin);
        address();
    }

    private static void checkOrigin(String origin) {
        if (!origin.matches("https?://[^/?#@]+")) {
            throw new BadInputException(
                    "--cors: expected an origin such as https://example.org, found '%s'"
                            .formatted(origin));
        }
    }

    InetAddress address() {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new BadInputException(
                    "--host: expected an address of this machine, found '%s'".formatted(host), e);
        }
    }
}
