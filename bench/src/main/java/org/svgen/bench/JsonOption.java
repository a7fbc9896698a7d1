package org.svgen.bench;

import picocli.CommandLine.Option;

/** Whether people or programs read the outcome. */
final class JsonOption {
    @Option(names = "--json", description = "Print JSON.")
    boolean json;
}
