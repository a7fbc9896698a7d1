package org.svgen.server.store;

/**
 * How many jobs may wait.
 *
 * @param all at most, of all owners together
 * @param ofOwner at most, of one owner
 */
public record QueueLimits(int all, int ofOwner) {}
