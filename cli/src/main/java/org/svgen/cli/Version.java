package org.svgen.cli;

import picocli.CommandLine.IVersionProvider;

/** Which svgen this is. */
final class Version implements IVersionProvider {
    /** The version in the jar's manifest; {@code dev} when run from class files. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "svgen " + text(), "Java " + Runtime.version() + " on " + System.getProperty("os.arch")
        };
    }
}
