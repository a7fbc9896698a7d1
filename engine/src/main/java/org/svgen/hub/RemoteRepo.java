package org.svgen.hub;

import java.util.Map;

/**
 * A repository at one commit.
 *
 * @param files by name
 */
record RemoteRepo(ModelId id, String commit, Licence licence, Map<String, RemoteFile> files) {}
